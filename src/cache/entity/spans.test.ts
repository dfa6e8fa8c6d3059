import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areasAround, areasOf, blocksAround, blocksOf, LAST_PLACE } from './spans.js';

const anywhere = fc.oneof(fc.integer({ min: 0, max: LAST_PLACE }), fc.integer({ min: 0, max: 600 }));

describe('spans of an order', () => {
  it('F6 share a block with the places within, and with no other', () => {
    const property = fc.property(anywhere, anywhere, anywhere, (one, other, place) => {
      const span = { from: Math.min(one, other), to: Math.max(one, other) };
      const blocks = blocksOf(span);
      expect(blocksAround(place).some((block) => blocks.includes(block))).toBe(place >= span.from && place <= span.to);
    });
    fc.assert(property, { numRuns: 3_000, examples: [[0, LAST_PLACE, 5], [7, 7, 8], [LAST_PLACE, LAST_PLACE, LAST_PLACE]] });
  });

  it('F6 end where places do: what lies beyond counts as the last', () => {
    const blocks = blocksOf({ from: 5, to: Infinity });
    for (const place of [5, 2 ** 31, Infinity]) expect(blocksAround(place).some((block) => blocks.includes(block)), String(place)).toBe(true);
    for (const place of [4, 0, -3]) expect(blocksAround(place).some((block) => blocks.includes(block)), String(place)).toBe(false);
  });

  it('F6 touch an area of each of the places within', () => {
    const property = fc.property(anywhere, anywhere, anywhere, (one, other, place) => {
      const span = { from: Math.min(one, other), to: Math.max(one, other) };
      const areas = areasOf(span);
      // Of the first and the last of the eight larger ones the smaller ones that are not all of it, and the one that the end lies in.
      expect(areas.length).toBeLessThanOrEqual(63 + 6 + 63 + 1);
      if (place >= span.from && place <= span.to) expect(areasAround(place).some((area) => areas.includes(area))).toBe(true);
    });
    fc.assert(property, { numRuns: 3_000, examples: [[0, LAST_PLACE, 5], [0, LAST_PLACE - 2 ** 18, 0], [LAST_PLACE, LAST_PLACE, LAST_PLACE]] });
    expect(areasOf({ from: 3, to: Infinity })).toHaveLength(8);
    expect(areasOf({ from: 2 ** 15 + 1, to: 2 ** 16 })).toEqual(['5.1', '5.2']);
  });

  it('are few blocks, however long they are', () => {
    expect(blocksOf({ from: 0, to: LAST_PLACE })).toHaveLength(8);
    expect(blocksOf({ from: 1, to: LAST_PLACE - 1 }).length).toBeLessThanOrEqual(2 * 7 * 8);
    expect(blocksAround(LAST_PLACE)).toHaveLength(8);
  });
});
