import { describe, expect, it } from 'vitest';
import { nearest } from './nearest.js';

describe('what was probably meant', () => {
  const names = ['cacheControl', 'cachePolicy', 'maxAge', 'list'];

  it.each([
    ['cacheContrl', 'cacheControl'],
    ['cachecontrol', 'cacheControl'],
    ['maxage', 'maxAge'],
    ['maxAges', 'maxAge'],
    ['lst', 'list'],
    ['cachePlicy', 'cachePolicy'],
  ])('by %s is %s', (text, meant) => {
    expect(nearest(text, names)).toBe(meant);
  });

  it('is nothing when nothing is like it', () => {
    expect(nearest('deprecated', names)).toBeNull();
    expect(nearest('', names)).toBeNull();
    expect(nearest('x', [])).toBeNull();
  });
});
