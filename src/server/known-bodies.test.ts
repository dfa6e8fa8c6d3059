import { describe, expect, it } from 'vitest';
import { KnownBodies } from './known-bodies.js';

const body = (text: string): Buffer => Buffer.from(text);

describe('bodies that were sent before', () => {
  it('are known by all of their bytes, wherever they differ', () => {
    const known = new KnownBodies<number>();
    const text = JSON.stringify({ query: 'query Long($id: ID!) { thing(id: $id) { id name price { amount currency } } }', variables: { id: 'a1' } });
    known.set(body(text), 1);
    expect(known.get(body(text))).toBe(1);
    for (let at = 0; at < text.length; at++) {
      const other = `${text.slice(0, at)}#${text.slice(at + 1)}`;
      expect(known.get(body(other))).toBeUndefined();
    }
    for (const other of [`${text} `, text.slice(1), '']) expect(known.get(body(other))).toBeUndefined();
    known.set(body(''), 2);
    expect(known.get(body(''))).toBe(2);
  });

  it('are known when others look alike, and at most eight of these', () => {
    const known = new KnownBodies<number>();
    // They differ where nothing is looked at before they are compared.
    const alike = (n: number): Buffer => body(`x${String(n).padStart(4, '0')}${'x'.repeat(200)}`);
    for (let n = 0; n < 9; n++) known.set(alike(n), n);
    expect(known.get(alike(0))).toBeUndefined();
    for (let n = 1; n < 9; n++) expect(known.get(alike(n))).toBe(n);
  });

  it('are copied: a connection reads the next request into the same bytes', () => {
    const known = new KnownBodies<number>();
    const read = body('{"query":"{ a }"}');
    known.set(read, 1);
    read.fill(0);
    expect(known.get(body('{"query":"{ a }"}'))).toBe(1);
  });

  it('C4 are a thousand at most, and none of more than four kilobytes', () => {
    const known = new KnownBodies<number>();
    known.set(Buffer.alloc(4_097), 1);
    expect(known.get(Buffer.alloc(4_097))).toBeUndefined();
    const kept = (): number[] => Array.from({ length: 1_001 }, (_, n) => n).filter((n) => known.get(body(`${n}`)) !== undefined);
    for (let n = 0; n < 1_000; n++) known.set(body(`${n}`), n);
    expect(kept()).toHaveLength(1_000);
    known.set(body('1000'), 1_000);
    expect(kept()).toEqual([1_000]);
  });
});
