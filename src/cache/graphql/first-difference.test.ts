import { describe, expect, it } from 'vitest';
import { firstDifference } from './first-difference.js';

describe('the first difference', () => {
  it.each([
    ['1', '2', []],
    ['{"a":1}', '{"a":1}', []],
    ['{"a":{"b":[1,2,{"c":null}]}}', '{"a":{"b":[1,2,{"c":3}]}}', ['a', 'b', 2, 'c']],
    ['{"a":[1]}', '{"a":[1,2]}', ['a', 1]],
    ['{"a":1}', '{"a":1,"b":2}', ['b']],
    ['{"a":[]}', '{"a":{}}', ['a']],
    ['null', '{}', []],
  ])('of %s and %s', (a, b, path) => {
    expect(firstDifference(a, b)).toEqual(path);
  });
});
