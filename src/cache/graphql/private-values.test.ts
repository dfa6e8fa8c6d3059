import { buildSchema, type GraphQLObjectType } from 'graphql';
import { afterEach, expect, it } from 'vitest';
import { LiftedSchema, type Viewer } from '../../../test/support/lifted-schema.js';
import { cacheDirectivesSDL } from './directives.js';
import { cacheFields, type FieldCacheOptions } from './field-cache.js';
import { privateWithin } from './private-values.js';

let lifted: LiftedSchema | null = null;
afterEach(async () => {
  await lifted?.close();
  lifted = null;
});

const stored = '@cacheControl(maxAge: 60)';
const PRIVATE = '@cacheControl(scope: PRIVATE)';

it.each([
  ['a plain field', `type Box { secret: String ${PRIVATE} }`],
  ['a plain field that is stored by itself', `type Box { secret: String @cacheControl(maxAge: 60, scope: PRIVATE) }`],
  ['a plain field of an object in it', `type Box { inner: Inner secret: String } type Inner { secret: String ${PRIVATE} }`],
  ['a plain field, by its interface', `interface Has { secret: String ${PRIVATE} } type Box implements Has { secret: String }`],
  ['a type of an object in it', `type Box { inner: Inner secret: String } type Inner ${PRIVATE} { secret: String }`],
])('P1 a field that is stored by itself is for one viewer where its value holds what is PRIVATE: %s', async (_, types) => {
  let loads = 0;
  const opened = (lifted = await LiftedSchema.start({
    typeDefs: `type Query { t: T } type T { box: Box ${stored} now: Int } ${types}`,
    resolvers: {
      Query: { t: () => ({}) },
      T: {
        box: (__: unknown, ___: unknown, { user }: Viewer) => {
          loads++;
          return { secret: user, inner: { secret: user } };
        },
        now: () => 1,
      },
    },
    options: { fields: true },
  }));
  const selection = types.includes('inner') ? 'inner { secret }' : 'secret';
  const ask = async (user: string): Promise<string> => JSON.stringify((await opened.ask(`{ t { box { ${selection} } now } }`, { user })).data);
  for (let time = 0; time < 2; time++) for (const user of ['alice', 'bob']) expect(await ask(user)).toContain(`"secret":"${user}"`);
  expect(loads).toBe(2);
});

it('P1 a field that the field cache has wrapped for one plugin is plain for the next', () => {
  const schema = buildSchema(`${cacheDirectivesSDL} type Query { box: Box } type Box { secret: String @cacheControl(maxAge: 60, scope: PRIVATE) }`);
  const caching: FieldCacheOptions<object, unknown> = { readerOf: () => null, contextWithin: (context) => context, varyBy: () => ({}), viewerOf: () => null, version: '1' };
  for (let time = 0; time < 2; time++) {
    cacheFields(schema, caching);
    expect(privateWithin(schema, schema.getType('Box') as GraphQLObjectType)).toEqual(['Box.secret']);
  }
});
