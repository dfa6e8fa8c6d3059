import { inspect } from 'node:util';
import { getVariableValues, type GraphQLResolveInfo } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { LiftedSchema } from '../../../test/support/lifted-schema.js';

let server: LiftedSchema | null = null;
let calls = 0;
afterEach(async () => {
  await server?.close();
  server = null;
});

/** Ways in which resolvers read what their arguments do not tell. */
const WAYS: Readonly<Record<string, (info: GraphQLResolveInfo) => unknown>> = {
  'all variables': (info) => info.variableValues,
  'inside of its value': (info) => ({ variables: info.variableValues }),
  'one variable': ({ variableValues }) => variableValues['a'],
  'whether there is one': ({ variableValues }) => 'a' in variableValues,
  'their names': ({ variableValues }) => Object.keys(variableValues),
  'a copy': ({ variableValues }) => ({ ...variableValues }),
  'a deep copy': ({ variableValues }) => structuredClone(variableValues),
  'what Node.js prints of them': ({ variableValues }) => inspect(variableValues),
  'a copy of the info': (info) => ({ ...info }).variableValues,
  'after a while': async (info) => {
    await Promise.resolve();
    return JSON.stringify(info.variableValues);
  },
  'the definitions': ({ schema, operation }) => getVariableValues(schema, operation.variableDefinitions ?? [], {}).coerced,
  'the name of the operation': ({ operation }) => operation.name?.value,
};

const typeDefs = `
  scalar JSON
  type Query { seen(way: String): JSON @cacheControl(maxAge: 60) box(n: Int): Box @cacheControl(maxAge: 60) other(n: Int): Box @cacheControl(maxAge: 60) plain(of: Int): Int @cacheControl(maxAge: 60) }
  type Box @cacheControl(inheritMaxAge: true) { seen(way: String): JSON @cacheControl(maxAge: 60) deep(way: String): JSON }`;

async function start(fields: boolean): Promise<LiftedSchema> {
  calls = 0;
  const seen = (_: never, { way }: { way: string }, __: never, info: GraphQLResolveInfo): unknown => {
    calls++;
    return WAYS[way]?.(info);
  };
  const resolvers = { Query: { seen, box: () => ({}), other: () => ({}), plain: (_: never, { of }: { of: number }) => (calls++, of) }, Box: { seen, deep: seen } };
  return (server = await LiftedSchema.start({ typeDefs, resolvers: resolvers as never, options: { fields } }));
}

const OPERATIONS = (selection: string): readonly string[] => [
  `{ ${selection} }`,
  `query ($a: Int = 1, $b: Int) { ${selection} plain(of: $a) p: plain(of: $b) }`,
  `query ($a: Int = 2, $b: Int) { ${selection} plain(of: $a) p: plain(of: $b) }`,
  `query ($a: Int = 2, $c: Int) { ${selection} plain(of: $a) p: plain(of: $c) }`,
  `query Named { ${selection} }`,
  `query Other { ${selection} }`,
];

describe('P5: a resolver that reads of its operation what its arguments do not say', () => {
  const cases = Object.keys(WAYS).flatMap((way) => [`seen(way: "${way}")`, `box { seen(way: "${way}") }`, `box { deep(way: "${way}") }`].map((selection) => [selection] as const));

  it.each(cases)('is answered as without a cache: %s', async (selection) => {
    const expected: unknown[] = [];
    const questions = OPERATIONS(selection).flatMap((query) => [{}, { a: 7 }, { a: 8, b: 1 }].map((variables) => ({ query, variables })));
    // What no cache has seen: each from a server of its own.
    for (const { query, variables } of questions) {
      const alone = await start(false);
      const { data, errors } = await alone.ask(query, { variables });
      expect(errors).toEqual([]);
      expected.push(data);
      await alone.close();
    }
    for (const fields of [false, true]) {
      const lifted = await start(fields);
      for (let time = 0; time < 3; time++) {
        for (const [at, question] of questions.entries()) expect((await lifted.ask(question.query, { variables: question.variables })).data).toEqual(expected[at]);
      }
      await lifted.close();
    }
    server = null;
  });

  it.each([false, true])('is stored for each of its variables from the second time on (field cache: %s)', async (fields) => {
    const lifted = await start(fields);
    const ask = async (a: number): Promise<number> => {
      const before = calls;
      const { errors } = await lifted.ask('query ($a: Int) { box { deep(way: "all variables") } p: box(n: $a) { __typename } }', { variables: { a } });
      expect(errors).toEqual([]);
      return calls - before;
    };
    expect([await ask(1), await ask(1), await ask(1), await ask(2), await ask(2)]).toEqual([1, 1, 0, 1, 0]);
  });

  it('leaves what only its arguments tell one entry for all operations', async () => {
    const lifted = await start(true);
    for (const query of ['{ plain(of: 3) }', 'query A($x: Int) { plain(of: $x) }', 'query B($y: Int, $z: Int) { plain(of: $y) p: plain(of: $z) }']) {
      await lifted.ask(query, { variables: { x: 3, y: 3, z: 3 } });
    }
    expect(calls).toBe(1);
  });
});
