import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical } from './canonical.js';
import { digest } from './digest.js';

const plain = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 4 }), tie('any'), { maxKeys: 4 }),
  ),
})).any;

/** Equality of plain data, written independently of the encoding. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [first, second] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const names = Object.keys(first);
  return names.length === Object.keys(second).length && names.every((name) => Object.hasOwn(second, name) && same(first[name], second[name]));
}

describe('canonical text (P5)', () => {
  it('is the same exactly for the same value', () => {
    fc.assert(fc.property(plain, plain, (a, b) => (canonical(a) === canonical(b)) === same(a, b)));
  });

  it('does not depend on the order of members', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), plain), (value) => {
        expect(canonical(Object.fromEntries(Object.entries(value).reverse()))).toBe(canonical(value));
      }),
    );
  });

  it('depends on the order of members where that is part of the value, and inside of arguments', () => {
    const [one, other] = [{ name: 1, date: -1 }, { date: -1, name: 1 }];
    expect(canonical(one, 'kept')).not.toBe(canonical(other, 'kept'));
    expect(canonical([one], 'kept')).not.toBe(canonical([other], 'kept'));
    expect(canonical(one, 'outer')).toBe(canonical(other, 'outer'));
    expect(canonical({ by: one }, 'outer')).not.toBe(canonical({ by: other }, 'outer'));
    fc.assert(fc.property(plain, plain, (a, b) => (canonical(a, 'kept') === canonical(b, 'kept')) === (JSON.stringify(a) === JSON.stringify(b))));
  });

  it.each([
    [1, '1'],
    [null, undefined],
    [{ a: null }, {}],
    [{ a: '1', b: '2' }, { a: '1b:2' }],
    [['a', 'b'], ['ab']],
    [[], {}],
    [[[]], [[], []]],
    [true, 'true'],
    [1n, 1],
    [new Date(0), 0],
    ['', []],
  ])('tells %o from %o', (a, b) => {
    expect(canonical(a)).not.toBe(canonical(b));
  });

  it.each([
    [{ a: 1, b: undefined }, { a: 1 }],
    [-0, 0],
    [1.0, 1],
    [{ b: 1, a: 2 }, { a: 2, b: 1 }],
    [Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
  ])('takes %o for %o', (a, b) => {
    expect(canonical(a)).toBe(canonical(b));
  });

  it.each([[NaN], [Infinity], [() => 1], [Symbol('s')], [new Map()], [new Date(NaN)], [{ deep: [new (class Row {})()] }]])(
    'refuses %o, which has no identity to key by',
    (value) => {
      expect(() => canonical(value)).toThrow(TypeError);
    },
  );
});

describe('digest (P5)', () => {
  it('tells unpaired surrogates apart, which UTF-8 does not', () => {
    expect(digest('\ud800')).not.toBe(digest('\ud801'));
    expect(digest('\ud800')).not.toBe(digest('\ufffd'));
  });

  it('is short and goes into a key as it is', () => {
    expect(digest('any')).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
