import { describe, expect, it } from 'vitest';
import { KnownBodies } from './known-bodies.js';

const body = (text: string): Buffer => Buffer.from(text);

describe('bodies that were sent before', () => {
  it('are known by all of their bytes, wherever they differ', () => {
    const known = new KnownBodies<number>(1_000_000);
    const text = JSON.stringify({ query: 'query Long($id: ID!) { thing(id: $id) { id name price { amount currency } } }', variables: { id: 'a1' } });
    known.set(body(text), 1, 100);
    expect(known.get(body(text))).toBe(1);
    for (let at = 0; at < text.length; at++) {
      const other = `${text.slice(0, at)}#${text.slice(at + 1)}`;
      expect(known.get(body(other))).toBeUndefined();
    }
    for (const other of [`${text} `, text.slice(1), '']) expect(known.get(body(other))).toBeUndefined();
    known.set(body(''), 2, 100);
    expect(known.get(body(''))).toBe(2);
  });

  it('are known when others look alike, and at most eight of these', () => {
    const known = new KnownBodies<number>(1_000_000);
    // They differ where nothing is looked at before they are compared.
    const alike = (n: number): Buffer => body(`x${String(n).padStart(4, '0')}${'x'.repeat(200)}`);
    for (let n = 0; n < 9; n++) known.set(alike(n), n, 100);
    expect(known.get(alike(0))).toBeUndefined();
    for (let n = 1; n < 9; n++) expect(known.get(alike(n))).toBe(n);
  });

  it('are copied: a connection reads the next request into the same bytes', () => {
    const known = new KnownBodies<number>(1_000_000);
    const read = body('{"query":"{ a }"}');
    known.set(read, 1, 100);
    read.fill(0);
    expect(known.get(body('{"query":"{ a }"}'))).toBe(1);
  });

  it('C4 weigh no more than they may, with what they lead to, and none is longer than four kilobytes', () => {
    const known = new KnownBodies<number>(1_000 * (300 + 4 + 100));
    known.set(Buffer.alloc(4_097), 1, 0);
    expect(known.get(Buffer.alloc(4_097))).toBeUndefined();
    known.set(body('heavy'), 1, 1_000_000);
    expect(known.get(body('heavy'))).toBeUndefined();
    const bodyOf = (n: number): Buffer => body(String(n).padStart(4, '0'));
    const kept = (): number[] => Array.from({ length: 1_001 }, (_, n) => n).filter((n) => known.get(bodyOf(n)) !== undefined);
    for (let n = 0; n < 1_000; n++) known.set(bodyOf(n), n, 100);
    expect(kept()).toHaveLength(1_000);
    known.set(bodyOf(1_000), 1_000, 100);
    expect(kept()).toEqual([1_000]);
  });
});
