import { describe, expect, it } from 'vitest';
import { seal } from './seal.js';

describe('sealing', () => {
  it('freezes at every depth', () => {
    const value = { rows: [{ id: '1', names: { en: 'a' } }], empty: [], nothing: null };
    expect(seal(value)).toBeGreaterThan(0);
    for (const part of [value, value.rows, value.rows[0], value.rows[0]?.names, value.empty]) expect(Object.isFrozen(part)).toBe(true);
  });

  it('estimates bytes: two for a character, some for every object and member', () => {
    const small = seal({ text: 'x'.repeat(10) }) ?? 0;
    const large = seal({ text: 'x'.repeat(1010) }) ?? 0;
    expect(large - small).toBe(2000);
    expect(seal('x'.repeat(500))).toBe(1016);
    expect(seal(Array.from({ length: 1000 }, () => ({ a: 1 })))).toBeGreaterThan(1000 * 40);
  });

  it('accepts what is sealed already, and again', () => {
    const value = { a: [1, 2] };
    expect(seal(value)).toBe(seal(value));
  });

  it.each([
    ['a date', new Date()],
    ['a map', { m: new Map() }],
    ['an instance', [new (class Row {})()]],
    ['a function', { f: () => 1 }],
    ['a symbol', Symbol('s')],
    ['a big integer', 1n],
    ['NaN', [NaN]],
    ['bytes', Buffer.from('x')],
    ['a promise', { p: Promise.resolve(1) }],
  ])('refuses %s: it would not come back from JSON as it was', (_, value) => {
    expect(seal(value)).toBeNull();
  });

  it('refuses what contains itself, at once', () => {
    const a: Record<string, unknown> = {};
    a['left'] = a;
    a['right'] = [a, a];
    expect(seal(a)).toBeNull();
  });
});
