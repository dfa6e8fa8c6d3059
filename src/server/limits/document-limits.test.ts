import { buildSchema, getIntrospectionQuery, parse, specifiedRules, validate, type ValidationRule } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { limitDocument, measureDocument } from './document-limits.js';

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
    expect(measureDocument(parse(text), { fields: 500 })).toMatchObject(size);
  });
});

it('the query of GraphiQL about a schema is well within the limits of fields', () => {
  const { fields, repeats } = measureDocument(parse(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, specifiedByUrl: true, schemaDescription: true, directiveIsRepeatable: true })), { fields: 500 });
  expect(fields).toBeLessThan(300);
  expect(repeats).toBe(1);
});

describe('how many fields a document has', () => {
  const many = (count: number, of: (at: number) => string): string => Array.from({ length: count }, (_, at) => of(at)).join(' ');

  it.each([
    ['{ a { b } c }', 3, 1],
    ['{ a a ... { a ...F } } fragment F on Q { a b }', 5, 4],
    // Merged as execution merges them.
    ['{ x { a a } x { a ...F } } fragment F on X { a }', 6, 4],
    ['{ ...F ...F } fragment F on Q { a { b } }', 4, 1],
    // Those that nothing spreads are visited, too.
    ['{ a } fragment F on Q { a b c d }', 5, 1],
    ['query A { a b } query B { a b c }', 5, 1],
    ['{ a } fragment F on Q { a { b b } a { b } }', 6, 3],
    ['{ a } fragment F on Q { ...G a } fragment G on Q { ...F a a }', 4, 3],
    // What the schema says about itself is validated by the same rules.
    ['{ __schema { types { name name name } } }', 5, 3],
    ['{ ...F } fragment F on Q { a ...F }', 2, 1],
    // Of two with one name, either is visited.
    ['{ a } fragment F on Q { a a a } fragment F on Q { a }', 5, 3],
  ])('%s', (text, fields, repeats) => {
    expect(measureDocument(parse(text), { fields: 500 })).toMatchObject({ fields, repeats });
  });

  it('C6 is counted without looking at what fragments double', () => {
    const doubling = `{ ...F0 } ${many(60, (at) => `fragment F${at} on Q { ...F${at + 1} ...F${at + 1} }`)} fragment F60 on Q { a }`;
    expect(measureDocument(parse(doubling), { fields: 500 })).toMatchObject({ fields: 2 ** 60, repeats: 0 });
    const unspread = `{ a } ${many(60, (at) => `fragment F${at} on Q { a { ...F${at + 1} } b { ...F${at + 1} } }`)} fragment F60 on Q { a }`;
    expect(measureDocument(parse(unspread), { fields: 500 }).fields).toBeGreaterThan(2 ** 60);
  });

  it('C6 beyond a limit, no other rule visits the document', () => {
    const schema = buildSchema('type Query { a: Int }');
    const limits = { depth: 5, rootFields: 500, aliases: 5, fields: 500, repeats: 20 };
    const visited = vi.fn();
    const other: ValidationRule = () => ({ Field: visited });
    const errorsOf = (text: string): unknown[] => validate(schema, parse(text), [...specifiedRules, other, limitDocument(limits)]).map(({ extensions }) => extensions['code']);
    expect(errorsOf(`{ ${many(21, () => 'a')} }`)).toEqual(['TOO_MANY_FIELDS']);
    expect(errorsOf(`{ ${many(501, () => 'unknown')} }`)).toEqual(['TOO_MANY_ROOT_FIELDS', 'TOO_MANY_FIELDS']);
    expect(visited).not.toHaveBeenCalled();
    expect(errorsOf(`{ ${many(20, () => 'a')} }`)).toEqual([]);
    expect(visited).toHaveBeenCalledTimes(20);
  });
});
