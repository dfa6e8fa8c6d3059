import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { measureDocument } from './document-limits.js';

describe('the size of a document', () => {
  it.each([
    ['{ a }', { depth: 1, rootFields: 1, aliases: 0 }],
    ['{ a { b { c } } d }', { depth: 3, rootFields: 2, aliases: 0 }],
    ['{ x: a y: a { z: b } }', { depth: 2, rootFields: 2, aliases: 3 }],
    ['{ ... { ... on Q { a { b } } } }', { depth: 2, rootFields: 1, aliases: 0 }],
    ['{ ...F a { ...G } } fragment F on Q { a a } fragment G on Q { x: b { c } }', { depth: 3, rootFields: 3, aliases: 1 }],
    ['query A { a } query B { a { b } c } ', { depth: 2, rootFields: 2, aliases: 0 }],
    ['{ __schema { types { fields { name } } } }', { depth: 1, rootFields: 1, aliases: 0 }],
    ['{ ...F } fragment F on Q { a { ...F } }', { depth: 1, rootFields: 1, aliases: 0 }],
    ['{ ...Missing }', { depth: 0, rootFields: 0, aliases: 0 }],
    ['type A { a: Int }', { depth: 0, rootFields: 0, aliases: 0 }],
  ])('%s', (text, size) => {
    expect(measureDocument(parse(text))).toEqual(size);
  });
});
