import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { unannounced } from './breaking-changes.js';

const before = `
  directive @hint(maxAge: Int, scope: String) on FIELD_DEFINITION
  directive @live on FIELD
  type Query { a: Int always: [Int!]! old: Int @deprecated(reason: "use a") thing: Thing oldThing: OldThing @deprecated(reason: "use thing") list(first: Int, all: Boolean @deprecated(reason: "no")): [Int] }
  type Thing { name: String older: String @deprecated(reason: "use name") }
  type OldThing { name: String }
  enum Colour { RED GREEN @deprecated(reason: "use RED") }
  input Filter { name: String }
`;

function verdict(change: (sdl: string) => string, ...newLines: string[]): string[] {
  const after = change(before);
  expect(after).not.toBe(before);
  return unannounced({ before: buildSchema(before), after: buildSchema(after), newLines });
}

const without =
  (text: string, by = '') =>
  (sdl: string) =>
    sdl.replace(text, by);

describe('a breaking change of the schema', () => {
  it('is none when something is added', () => {
    expect(verdict(without('a: Int', 'a: Int b: Int'))).toEqual([]);
  });

  it('fails when what goes was not deprecated, whatever the change log says', () => {
    expect(verdict(without('a: Int'), '- Removed Query.a')).toEqual(['Query.a was removed. was not @deprecated before']);
  });

  it('fails when the change log does not name it', () => {
    expect(verdict(without('old: Int @deprecated(reason: "use a")'), '- Removed Query.older and Query')).toEqual([
      'Query.old was removed. no new line of CHANGELOG.md names Query.old',
    ]);
  });

  it.each([
    ['old: Int @deprecated(reason: "use a")', '', '- Removed `Query.old`.'],
    ['older: String @deprecated(reason: "use name")', '', '- Removed Thing.older.'],
    ['GREEN @deprecated(reason: "use RED")', '', '- Colour.GREEN is gone'],
    [', all: Boolean @deprecated(reason: "no")', '', '- Query.list(all:) is gone'],
    ['old: Int', 'old: String', '- Query.old is a string'],
  ])('passes when "%s" was deprecated and is named', (text, by, line) => {
    expect(verdict(without(text, by), line)).toEqual([]);
  });

  it('a field that may now be null has no successor to name: the change log must call it breaking', () => {
    const nullable = without('always: [Int!]!', 'always: [Int!]');
    expect(verdict(nullable, '- **Breaking**: `Query.always` may be null.')).toEqual([]);
    const missing = ['Query.always changed type from [Int!]! to [Int!]. no new line of CHANGELOG.md names Query.always and calls the change breaking'];
    expect(verdict(nullable, '- `Query.always` may be null.')).toEqual(missing);
    expect(verdict(nullable, '- **Breaking**: `Query.a` may be null.')).toEqual(missing);
  });

  it('an input that may no longer be null, and a field of another type, must have been deprecated', () => {
    const line = '- **Breaking**: Filter.name, Query.always';
    expect(verdict(without('input Filter { name: String }', 'input Filter { name: String! }'), line)).toHaveLength(1);
    expect(verdict(without('always: [Int!]!', 'always: [String!]'), line)).toEqual(['Query.always changed type from [Int!]! to [String!]. was not @deprecated before']);
  });

  it('a type may go with the deprecated fields that returned it', () => {
    const both = (sdl: string): string =>
      without('type OldThing { name: String }')(without('oldThing: OldThing @deprecated(reason: "use thing")')(sdl));
    expect(verdict(both, '- Removed Query.oldThing', '- Removed OldThing')).toEqual([]);
    expect(verdict(both)).toHaveLength(2);
  });

  it.each([
    ['a: Int', 'a: String'],
    ['RED', ''],
    ['first: Int', 'first: Int!'],
    ['input Filter { name: String }', 'input Filter { name: String id: Int! }'],
    ['directive @live on FIELD', ''],
  ])('"%s" to "%s" fails', (text, by) => {
    expect(verdict(without(text, by))).toHaveLength(1);
  });

  it('directives of the schema itself are free to change', () => {
    expect(verdict(without(', scope: String'))).toEqual([]);
    expect(verdict(without('directive @hint(maxAge: Int, scope: String) on FIELD_DEFINITION'))).toEqual([]);
  });
});
