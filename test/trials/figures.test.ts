import { describe, expect, it } from 'vitest';
import { atMost, number, p50, p99, percentile, table, tally } from './figures.js';

describe('the figures of a trial', () => {
  it('have percentiles of values in any order', () => {
    expect(p50([30, 10, 20])).toBe(20);
    expect(percentile([0, 10], 0.75)).toBe(7.5);
    expect(p99(Array.from({ length: 101 }, (_, at) => 100 - at))).toBe(99);
  });

  it('meet a bar that they reach, and miss it when they exceed it or when nothing was measured', () => {
    expect(atMost('part', 'what', { value: 3, bar: 3 }).isMet).toBe(true);
    expect(atMost('part', 'what', { value: 3.01, bar: 3 }).isMet).toBe(false);
    expect(atMost('part', 'what', { value: p99([]), bar: 3 })).toMatchObject({ isMet: false, measured: 'nothing measured' });
  });

  it('are printed under each other, with the verdict last', () => {
    expect(table([atMost('a', 'longer text', { value: 1, bar: 2, unit: ' ms' }), atMost('b', 'text', { value: 3, bar: 2 })])).toEqual([
      'part  what was measured  measured  bar',
      'a     longer text        1 ms      at most 2 ms  met',
      'b     text               3         at most 2     NOT met',
    ]);
  });

  it('are rounded to what counts', () => {
    expect([0.1234, 12.345, 1234.5].map(number)).toEqual(['0.12', '12.3', '1,235']);
  });

  it('count texts, the most frequent first', () => {
    expect(tally(['a', 'b', 'b'])).toBe('2 x b, 1 x a');
    expect(tally([])).toBe('none');
  });
});
