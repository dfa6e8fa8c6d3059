import { afterEach, describe, expect, it } from 'vitest';
import { LiftedSchema, type Viewer } from '../../../test/support/lifted-schema.js';

const typeDefs = `
  scalar _Any
  union _Entity = Book | Person | Diary
  type Query { _entities(representations: [_Any!]!): [_Entity]! }
  type Book @cacheControl(maxAge: 60) { id: ID! by: String }
  type Person { id: ID! by: String }
  type Diary @cacheControl(maxAge: 60, scope: PRIVATE) { id: ID! by: String }
`;
const QUERY = 'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Book { id by } ... on Person { id by } ... on Diary { id by } } }';

let lifted: LiftedSchema | null = null;
afterEach(async () => {
  await lifted?.close();
  lifted = null;
});

describe('the entities of a subgraph', () => {
  /** By whom each answer was made. */
  const start = async () => {
    const resolve = (_: never, { representations }: { representations: readonly object[] }, { user }: Viewer) => representations.map((each) => ({ ...each, by: user }));
    const opened = (lifted = await LiftedSchema.start({ typeDefs, resolvers: { Query: { _entities: resolve } } }));
    return async (types: readonly string[], user: string): Promise<unknown> => {
      const { data } = await opened.ask(QUERY, { user, variables: { of: types.map((__typename, id) => ({ __typename, id: String(id) })) } });
      return new Set(((data as { _entities: readonly { by: string }[] } | null)?._entities ?? []).map(({ by }) => by));
    };
  };

  it('P1 live as long as the types that are represented, and no others', async () => {
    const by = await start();
    expect([await by(['Book'], 'alice'), await by(['Book'], 'bob')]).toEqual([new Set(['alice']), new Set(['alice'])]);
    for (const types of [['Person'], ['Book', 'Person'], ['Diary'], ['Book', 'Diary']]) {
      expect([types, await by(types, 'alice'), await by(types, 'bob')]).toEqual([types, new Set(['alice']), new Set(['bob'])]);
    }
  });

  it('P1 are not stored where one is of another type than was represented', async () => {
    const resolve = (_: never, __: never, { user }: Viewer) => [{ __typename: 'Diary', id: '1', by: user }];
    lifted = await LiftedSchema.start({ typeDefs, resolvers: { Query: { _entities: resolve } } });
    for (const user of ['alice', 'bob']) {
      expect(await lifted.ask(QUERY, { user, variables: { of: [{ __typename: 'Book', id: '1' }] } })).toMatchObject({ data: { _entities: [{ by: user }] } });
    }
  });

  it.each([
    ['@cacheControl(maxAge: 0)', {}],
    ['@cacheControl(scope: PRIVATE)', {}],
    ['', { permissionOf: ({ name }: { readonly name: string }) => (name === '_entities' ? 'read' : null), holds: ({ user }: Viewer) => user === 'alice' }],
  ])('P1 P2 obey what the field itself says (%s)', async (hint, options) => {
    const resolve = (_: never, { representations }: { representations: readonly object[] }, { user }: Viewer) => representations.map((each) => ({ ...each, by: user }));
    lifted = await LiftedSchema.start({ typeDefs: typeDefs.replace('[_Entity]!', `[_Entity]! ${hint}`), resolvers: { Query: { _entities: resolve } }, options });
    for (const user of ['alice', 'bob']) {
      expect(await lifted.ask(QUERY, { user, variables: { of: [{ __typename: 'Book', id: '1' }] } })).toMatchObject({ data: { _entities: [{ by: user }] } });
    }
  });

  it('are stored for no longer than anything else where none is represented', async () => {
    await start();
    for (let time = 0; time < 2; time++) expect(await lifted?.ask(QUERY, { variables: { of: [] } })).toMatchObject({ data: { _entities: [] }, status: null });
  });

  it('are left to execution where a representation has no type', async () => {
    await start();
    const { errors, status } = (await lifted?.ask(QUERY, { variables: { of: [{ id: '1' }] } })) ?? {};
    expect([errors?.length, status]).toEqual([1, null]);
  });
});
