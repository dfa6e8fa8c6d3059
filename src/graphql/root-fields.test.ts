import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildApiSchema } from '../schema.js';
import { assertNullableRootFields } from './root-fields.js';

describe('F7: root fields of queries fail alone', () => {
  it('all of the API are nullable and say when they are null', async () => {
    const schema = await buildApiSchema();
    expect(Object.values(schema.getQueryType()?.getFields() ?? {}).filter(({ type }) => String(type).endsWith('!'))).toEqual([]);
    expect(() => { assertNullableRootFields(schema); }).not.toThrow();
  });

  it.each([
    ['"Never null." a: Int!', 'Query.a is Int!: declare it nullable'],
    ['"Null when it fails." a: [Int]!', 'Query.a is [Int]!: declare it nullable'],
    ['a: Int', 'The description of Query.a does not say when the field is null.'],
    ['"A nullary function." a: Int', 'The description of Query.a does not say when the field is null.'],
  ])('%s is refused', (field, message) => {
    expect(() => { assertNullableRootFields(buildSchema(`type Query { ${field} }`)); }).toThrow(message);
  });

  it('what stands below a root field, and a mutation, may be non-null', () => {
    const sdl = 'type Query { "Null when it fails." a: A } type A { b: Int! } type Mutation { c: Int! }';
    expect(() => { assertNullableRootFields(buildSchema(sdl)); }).not.toThrow();
  });
});
