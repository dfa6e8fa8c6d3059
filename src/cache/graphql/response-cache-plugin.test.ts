import { afterEach, describe, expect, it } from 'vitest';
import { LiftedServer } from '../../../test/support/lifted-server.js';
import { createCache, SINGLE, tags } from '../index.js';
import { responseCachePlugin } from './response-cache-plugin.js';

let server: LiftedServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function start(options: Parameters<typeof LiftedServer.start>[0] = {}): Promise<LiftedServer> {
  return (server = await LiftedServer.start(options));
}

/** What was executed for a query. */
async function ran(lifted: LiftedServer, query: string, context = {}): Promise<readonly string[]> {
  lifted.executed = [];
  await lifted.run(query, context);
  return lifted.executed.sort();
}

describe('the plugin in an Apollo Server of somebody else', () => {
  it('stores what @cacheControl lets it store, root field by root field, whatever is asked beside it', async () => {
    const lifted = await start();
    expect(await ran(lifted, '{ book(id: 1) { title } now }')).toEqual(['book', 'now']);
    expect(await ran(lifted, 'query Q($id: ID = "1") { now book(id: $id) { title } books { id } }')).toEqual(['books', 'now']);
    expect(await lifted.run('{ book(id: 1) { title } }')).toEqual({ data: { book: { title: 'Emma' } } });
  });

  it('a write shows at once in what depends on it, and leaves the rest stored', async () => {
    const lifted = await start();
    await lifted.run('{ a: book(id: 1) { title } b: book(id: 2) { title } }');
    await lifted.run('mutation { rename(id: 1, title: "Sanditon") { title } }');
    expect(await ran(lifted, '{ a: book(id: 1) { title } b: book(id: 2) { title } }')).toEqual(['book']);
    expect(await lifted.run('{ book(id: 1) { title } }')).toEqual({ data: { book: { title: 'Sanditon' } } });
  });

  it('without any tag, a write invalidates by field or altogether', async () => {
    const lifted = await start({ viewer: ({ user }) => user ?? null });
    await lifted.run('{ mine { title } whoami }', { user: 'ann' });
    await lifted.cache.invalidate([tags.field(SINGLE, 'Query.mine')]);
    expect(await ran(lifted, '{ mine { title } whoami }', { user: 'ann' })).toEqual(['mine']);
    await lifted.cache.invalidate([tags.partition(SINGLE)]);
    expect(await ran(lifted, '{ mine { title } whoami }', { user: 'ann' })).toEqual(['mine', 'whoami']);
  });

  it('F1: what a write has overtaken while it was being made is served to nobody afterwards', async () => {
    const lifted = await start();
    let go!: () => void;
    lifted.held = new Promise((resolve) => (go = resolve));
    const slow = lifted.run('{ book(id: 1) { title } }');
    while (lifted.executed.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await lifted.run('mutation { rename(id: 1, title: "Sanditon") { id } }');
    go();
    expect(await slow).toEqual({ data: { book: { title: 'Emma' } } });
    lifted.held = null;
    expect(await lifted.run('{ book(id: 1) { title } }')).toEqual({ data: { book: { title: 'Sanditon' } } });
  });

  it('F1: what a context was made of is as old as the request, where the function that makes it is wrapped', async () => {
    const lifted = await start();
    const make = lifted.plugin.context(async (user: string) => {
      await lifted.cache.invalidate([tags.field(SINGLE, 'Query.whoami')]);
      return { user };
    });
    await lifted.run('{ whoami }', await make('before the write'));
    expect(await lifted.run('{ whoami }', { user: 'after it' })).toEqual({ data: { whoami: 'after it' } });
  });

  it('P1: PRIVATE is its viewer’s, and nobody’s where nobody says who asks', async () => {
    const lifted = await start({ viewer: ({ user }) => user ?? null });
    expect(await lifted.run('{ mine { title } }', { user: 'ann' })).toEqual({ data: { mine: [{ title: "ann's" }] } });
    expect(await lifted.run('{ mine { title } }', { user: 'bob' })).toEqual({ data: { mine: [{ title: "bob's" }] } });
    expect(await ran(lifted, '{ mine { title } }', { user: 'ann' })).toEqual([]);
    expect(await ran(lifted, '{ mine { title } }')).toEqual(['mine']);
    expect(await ran(lifted, '{ mine { title } }')).toEqual(['mine']);
  });

  it('P1: a context without its viewer makes what all share', async () => {
    const lifted = await start({ withoutViewer: (context) => ({ ...context, user: null }) });
    expect(await lifted.run('{ whoami }', { user: 'ann' })).toEqual({ data: { whoami: 'unknown' } });
  });

  it('P2: tenants have nothing in common, and none is called like what all share', async () => {
    const lifted = await start({ partition: ({ tenant }) => tenant ?? null });
    for (const tenant of ['north', 'south']) expect(await lifted.run('{ books { title } }', { tenant })).toMatchObject({ data: { books: [{ title: `Emma of ${tenant}` }, {}] } });
    expect(await ran(lifted, '{ whoami }')).toEqual(['whoami']);
    expect(await ran(lifted, '{ whoami }')).toEqual(['whoami']);
    for (const tenant of ['global', 'a/b']) await expect(lifted.run('{ whoami }', { tenant })).rejects.toThrow('Internal server error');
  });

  it('P1: hints that resolvers give may tighten what the schema says', async () => {
    const lifted = await start({ viewer: ({ user }) => user ?? null });
    for (let time = 0; time < 2; time++) expect(await ran(lifted, '{ short secret }', { user: 'ann' })).toEqual(['secret', 'short']);
    expect(await lifted.run('{ secret }', { user: 'bob' })).toEqual({ data: { secret: 'bob' } });
  });

  it.each([[false, ['now']], [true, []]])('operations of which nothing can be stored are Apollo’s, whose plugins hear of it, unless told otherwise (%s)', async (executesUnstored, told) => {
    const lifted = await start({ executesUnstored });
    for (const query of ['{ now }', '{ now book(id: 1) { title } }']) await lifted.run(query);
    expect(lifted.executed).toEqual(['now', 'now', 'book']);
    expect(lifted.told).toEqual(told);
    lifted.told = [];
    for (let time = 0; time < 2; time++) expect(await lifted.send('{ now }')).toMatchObject({ status: 200, json: { data: { now: 1 } } });
    expect(lifted.told).toEqual([...told, ...told]);
  });

  it('explains, where it is asked to', async () => {
    const lifted = await start({ explains: () => true });
    await lifted.run('{ books { id } }');
    expect(await lifted.run('{ books { id } }')).toMatchObject({ extensions: { cache: {} } });
  });

  it('is not started without saying what must be said', async () => {
    const cache = await createCache();
    expect(() => responseCachePlugin({ cache, partition: () => 'a', downstream: 'cdn' })).toThrow('`vary`');
    await cache.close();
  });
});
