import { afterEach, describe, expect, it } from 'vitest';
import { LiftedSchema, type Viewer } from '../../../test/support/lifted-schema.js';

let server: LiftedSchema | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const MEMBERS = 'type User @cacheControl(maxAge: 40) { name: String } type Bot @cacheControl(maxAge: 50) { name: String }';
const me = (_: never, __: never, { user }: Viewer): unknown => ({ __typename: 'User', name: user ?? null });

async function start(typeDefs: string, options: Parameters<typeof LiftedSchema.start>[0]['options'] = {}): Promise<LiftedSchema> {
  return (server = await LiftedSchema.start({ typeDefs, resolvers: { Query: { me, box: () => ({}) }, Box: { me } }, options }));
}

describe('a field that returns an interface or a union without a hint', () => {
  const both = ['union Actor = User | Bot', 'interface Actor { name: String }'].map((sdl) => `${sdl} ${sdl.startsWith('union') ? MEMBERS : MEMBERS.replaceAll(' @', ' implements Actor @')}`);

  it.each(both)('P1 is not stored, whatever hints its members have: %s', async (sdl) => {
    const lifted = await start(`type Query { me: Actor } ${sdl}`);
    for (const user of ['alice', 'bob']) {
      expect(await lifted.ask('{ me { ... on User { name } ... on Bot { name } } }', { user })).toMatchObject({ data: { me: { name: user } }, status: null });
    }
  });

  it.each(both)('P1 keeps what contains it from being stored: %s', async (sdl) => {
    const lifted = await start(`type Query { box: Box @cacheControl(maxAge: 60) } type Box { me: Actor } ${sdl}`);
    for (const user of ['alice', 'bob']) expect(await lifted.ask('{ box { me { ... on User { name } } } }', { user })).toMatchObject({ data: { box: { me: { name: user } } } });
  });

  it.each([[10, 10], [45, 40]])('lives as long as the default says, or shorter by a member (%i: %i)', async (defaultMaxAge, seconds) => {
    const lifted = await start(`type Query { me: Actor } union Actor = User | Bot ${MEMBERS}`, { defaultMaxAge });
    await lifted.ask('{ me { ... on User { name } } }');
    expect(await lifted.ask('{ me { ... on User { name } } }')).toMatchObject({ status: expect.stringMatching(new RegExp(`^Larder; hit; ttl=(${seconds}|${seconds - 1})$`)) as unknown });
  });

  it('is stored by a hint of its own or of the type, and a member only shortens it', async () => {
    for (const [field, type] of [['@cacheControl(maxAge: 60)', ''], ['', '@cacheControl(maxAge: 60)']]) {
      const lifted = await start(`type Query { me: Actor ${field} } union Actor ${type} = User | Bot ${MEMBERS}`);
      await lifted.ask('{ me { ... on User { name } } }');
      expect((await lifted.ask('{ me { ... on User { name } } }')).status).toMatch(/^Larder; hit; ttl=(40|39)$/);
      await lifted.close();
      server = null;
    }
  });
});
