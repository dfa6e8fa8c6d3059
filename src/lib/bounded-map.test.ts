import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.js';

describe('a bounded map', () => {
  it('C4 never weighs more than it may, and forgets the least recently used first', () => {
    const step = fc.record({ key: fc.nat(9), weight: fc.integer({ min: 1, max: 8 }), kind: fc.constantFrom('set', 'get', 'delete') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const map = new BoundedMap<number, number>(20);
        let model: { key: number; weight: number }[] = [];
        for (const { key, weight, kind } of steps) {
          const known = model.find((item) => item.key === key);
          model = model.filter((item) => item !== known);
          if (kind === 'get') {
            expect(map.get(key)).toBe(known?.weight);
            if (known !== undefined) model.push(known);
          } else if (kind === 'delete') map.delete(key);
          else {
            map.set(key, weight, weight);
            model.push({ key, weight });
            while (model.reduce((sum, item) => sum + item.weight, 0) > 20) model.shift();
          }
          expect([map.size, map.weight]).toEqual([model.length, model.reduce((sum, item) => sum + item.weight, 0)]);
        }
      }),
    );
  });

  it('C4 keeps nothing that weighs more than all may, and drops what was there before', () => {
    const map = new BoundedMap<string, number>(10);
    map.set('a', 1, 5);
    map.set('a', 2, 11);
    expect([map.get('a'), map.weight]).toEqual([undefined, 0]);
  });
});
