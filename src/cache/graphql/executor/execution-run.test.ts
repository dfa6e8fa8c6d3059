import { buildSchema, execute, isObjectType, Kind, parse, type ExecutionResult, type GraphQLFieldResolver, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { ResponseCache } from '../response-cache.js';

type Resolve = GraphQLFieldResolver<unknown, unknown>;

const SDL = /* GraphQL */ `
  interface Named { name: String }
  type Cat implements Named { name: String lives: Int! kittens: [Cat!] }
  type Dog implements Named { name: String barks: Boolean }
  union Pet = Cat | Dog
  enum Mood { GOOD BAD }
  input Wish { text: String = "none" depth: [Int!] }
  type Query {
    text: String
    number: Float
    required: String!
    mood: Mood
    matrix: [[Int]]
    names: [String!]
    cat(id: ID = "1"): Cat
    cats: [Cat]
    pets: [Pet]
    named: Named
    wish(wish: Wish, times: Int = 2): String
    strict(n: Int!): String
    later: String
    deep: Query
    sure: Query!
  }
`;

/** A schema whose `Query` fields answer as a case wants it. */
function schemaWith(resolvers: Readonly<Record<string, Readonly<Record<string, Resolve>>>>): GraphQLSchema {
  const schema = buildSchema(SDL);
  for (const [name, fields] of Object.entries(resolvers)) {
    const type = schema.getType(name);
    if (!isObjectType(type)) throw new Error(name);
    for (const [field, resolve] of Object.entries(fields)) (type.getFields()[field] as { resolve?: Resolve }).resolve = resolve;
  }
  return schema;
}

interface Case {
  readonly isCat?: (value: unknown) => boolean | Promise<boolean>;
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, Resolve>>>>;
  readonly rootValue?: unknown;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** By graphql-js, and by pieces: as texts, so that the order of names counts. */
async function both(query: string, { isCat, resolvers, rootValue, variables = {} }: Case): Promise<readonly [string, string]> {
  const schema = schemaWith(resolvers);
  const cat = schema.getType('Cat');
  if (isCat !== undefined && isObjectType(cat)) cat.isTypeOf = isCat;
  const document = parse(query);
  const operation = document.definitions.find((definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION);
  const context = { of: 'the request' };
  const expected = await execute({ schema, document, rootValue, contextValue: context, variableValues: variables });
  const responses = new ResponseCache({
    executesUnstored: true,
    schema,
    rootValue,
    version: '1',
    readerOf: () => null,
    contextWithin: (same) => same,
    varyBy: () => ({}),
    viewerOf: () => null,
  });
  const plan = responses.planOf(document, operation as OperationDefinitionNode);
  const shape = plan?.shapeFor(variables);
  if (!plan || !shape) throw new Error('no plan');
  const executed = await responses.executor.execute(plan, shape.pieces, { context, variables });
  const data = executed.some(({ nullsAll }) => nullsAll) ? 'null' : `{${shape.pieces.map(({ responseName }, at) => `"${responseName}":${executed[at]?.json}`).join(',')}}`;
  return [told(expected), told({ data: JSON.parse(data) as Record<string, unknown> | null, errors: executed.flatMap(({ errors }) => errors) })];
}

/** Errors in no order: pieces tell theirs one by one. */
function told({ data = null, errors = [] }: ExecutionResult): string {
  return JSON.stringify({ data, errors: errors.map((error) => JSON.stringify(error)).sort() });
}

const later = <T>(value: T, turns = 1): Promise<T> => (turns <= 0 ? Promise.resolve(value) : Promise.resolve().then(() => later(value, turns - 1)));
const failing = (message: string, turns = 1): Promise<never> => later(null, turns).then(() => { throw new Error(message); });
const tom = { name: 'Tom', lives: 9 };

const cases: Readonly<Record<string, readonly [string, Case]>> = {
  'members, functions and promises': ['{ text later number }', { resolvers: {}, rootValue: { text: () => 'called', later: later('late'), number: 1.5 } }],
  'names in the order they were asked in': ['{ b: later a: text c: later }', { resolvers: { Query: { later: () => later('late', 3), text: () => 'now' } } }],
  'nothing where nothing is': ['{ text cat { name } names }', { resolvers: {}, rootValue: {} }],
  'arguments, their defaults and variables': [
    'query ($text: String, $n: [Int!]) { a: wish(wish: { text: $text, depth: $n }) b: wish(wish: {}) c: wish(times: null) d: wish }',
    { resolvers: { Query: { wish: (_, args: object) => JSON.stringify([args, Object.getOwnPropertyNames(args)]) } }, variables: { n: [1, 2] } },
  ],
  'variables as arguments: given, absent, null, and with a name that every object has': [
    'query ($a: Int, $b: Int, $toString: ID, $w: Wish) { a: wish(times: $a) b: wish(times: $b, wish: $w) c: cat(id: $toString) { name } d: wish(wish: $w, times: 3) e: cat(id: "2") { name } }',
    {
      resolvers: { Query: { wish: (_, args) => JSON.stringify(args), cat: (_, args) => ({ name: JSON.stringify(args) }) } },
      variables: { a: null, b: 7, w: { depth: 4 } },
    },
  ],
  'a variable that is null where an argument may not be': [
    'query ($n: Int = 2) { a: strict(n: $n) text }',
    { resolvers: { Query: { strict: (_, args) => JSON.stringify(args), text: () => 'a' } }, variables: { n: null } },
  ],
  'arguments of which a resolver takes something': ['{ cats { kittens { name } } a: wish(times: 1) }', { resolvers: { Query: { cats: () => [tom, tom], wish: (_, args: { times?: number }) => { const { times } = args; delete args.times; return String(times); } } } }],
  'lists of lists, with promises in them': ['{ matrix }', { resolvers: { Query: { matrix: () => [[1, later(2)], later([3]), null, new Set([4])] } } }],
  'interfaces and unions': ['{ named { __typename name ... on Cat { lives } } pets { ... on Dog { barks } ... on Named { name } } }', { resolvers: { Query: { named: () => later({ __typename: 'Cat', ...tom }), pets: () => [{ __typename: 'Dog', barks: true }, { __typename: 'Cat', name: 'Kit' }] } } }],
  'fragments and one name asked for twice': ['{ cat { ...F name } cat { lives } } fragment F on Cat { __typename kittens { name } }', { resolvers: { Query: { cat: () => ({ ...tom, kittens: [tom] }) } } }],
  'an alias that is a member of all objects': ['{ __proto__: text constructor: number toJSON: text }', { resolvers: { Query: { text: () => 'x', number: () => 1 } } }],
  'errors, thrown and promised': ['{ text later cat { name } }', { resolvers: { Query: { text: () => { throw new Error('thrown'); }, later: () => failing('promised'), cat: () => new Error('answered') } } }],
  'what is thrown and no error': ['{ text later }', { resolvers: { Query: { text: () => { throw 'a text' as unknown as Error; }, later: () => later(null).then(() => { throw { some: 'thing' } as unknown as Error; }) } } }],
  'an error that nulls what it is in': ['{ cat { name lives } text }', { resolvers: { Query: { cat: () => ({ name: 'Tom' }), text: () => 'stays' }, Cat: { lives: () => { throw new Error('no lives'); } } } }],
  'one that does so later': ['{ cat { lives name } text }', { resolvers: { Query: { cat: () => tom, text: () => 'stays' }, Cat: { lives: () => failing('no lives'), name: () => later('Tom', 5) } } }],
  'one that nulls everything': ['{ required text }', { resolvers: { Query: { required: () => failing('nothing'), text: () => 'gone' } } }],
  'several that null the same': ['{ cat { kittens { lives } } }', { resolvers: { Query: { cat: () => ({ kittens: [{}, {}, {}] }) }, Cat: { lives: () => failing('each') } } }],
  'those of some items': ['{ cats { name lives } names }', { resolvers: { Query: { cats: () => [tom, { lives: 'many' }, failing('item'), null], names: () => ['a', null] } } }],
  'nothing where something has to be': ['{ required }', { resolvers: { Query: { required: () => null } } }],
  'nothing, later': ['{ sure { text } deep { sure { required } } }', { resolvers: { Query: { sure: () => later({}), deep: () => ({}), required: () => later(undefined) } } }],
  'values of another kind': ['{ number mood names matrix named { name } }', { resolvers: { Query: { number: () => 'many', mood: () => 'FINE', names: () => 'no list', matrix: () => [5], named: () => ({ name: 'of no type' }) } } }],
  'an error beside others under way': ['{ deep { later required } text }', { resolvers: { Query: { deep: () => ({}), later: () => failing('beside', 0), required: () => { throw new Error('at once'); }, text: () => 'stays' } } }],
  'conditions': ['query ($yes: Boolean = true) { cat { name @skip(if: $yes) lives @include(if: $yes) } text @skip(if: true) }', { resolvers: { Query: { cat: () => tom } }, variables: { yes: true } }],
  'introspection': ['{ __schema { queryType { name } } __type(name: "Cat") { fields { name } } }', { resolvers: {} }],
};

describe('pieces are executed as graphql-js executes them', () => {
  it.each(Object.entries(cases))('%s', async (_, [query, of]) => {
    const [expected, own] = await both(query, of);
    expect(own).toBe(expected);
  });

  it('and their resolvers are told the same, once', async () => {
    const told: string[] = [];
    const text = vi.fn<Resolve>((...[, , context, info]) => {
      const { path, fieldName, returnType, parentType, operation, variableValues, fieldNodes, fragments, schema } = info;
      told.push(JSON.stringify([path, fieldName, String(returnType), parentType.name, operation.name?.value, variableValues, fieldNodes.length, Object.keys(fragments), schema.getQueryType()?.name, context]));
      throw new Error('told');
    });
    await both('query Q($n: Int = 3) { deep { deep { a: text ...F } } } fragment F on Query { a: text }', { resolvers: { Query: { text, deep: () => ({}) } } });
    expect(text).toHaveBeenCalledTimes(2);
    expect(told[1]).toBe(told[0]);
  });

  it.each([
    ['at once', () => true],
    ['later', () => later(true)],
    ['with no', () => false],
    ['with no, later', () => later(false)],
    ['by an error', () => failing('no type')],
  ])('where the types are asked, which answer %s', async (_, isCat) => {
    const resolvers = { Query: { named: () => ({ name: 'Tom' }), cat: () => ({ name: 'Tom' }) } };
    const [expected, own] = await both('{ named { __typename name } cat { name } }', { resolvers, isCat });
    expect(own).toBe(expected);
  });
});
