import { describe, expect, it } from 'vitest';
import { median, quantile, ratios, spread } from '../../bench/run/statistics.js';

describe('the statistics of rounds', () => {
  it('have the middle one for a median, in whatever order', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('interpolate quantiles of sorted values', () => {
    expect(quantile([1, 2, 3, 4, 5], 0.25)).toBe(2);
    expect(quantile([0, 10], 0.75)).toBe(7.5);
  });

  it('have half the distance of the quartiles for a spread', () => {
    expect(spread([1, 2, 3, 4, 5])).toBeCloseTo(1 / 3);
  });

  it('compare round by round', () => {
    expect(ratios([2, 9], [1, 3])).toEqual([2, 3]);
  });
});
