import { ApolloServer } from '@apollo/server';
import DataLoader from 'dataloader';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../lib/logger.js';
import { httpHandler } from '../http/index.js';
import { createCache, defineEntityLoader, partition, SINGLE, tags, type CreatedCache, type Tag } from '../index.js';
import { cacheDirectivesSDL, dependsOn, readerOf, responseCachePlugin, type ResponseCachePlugin } from './index.js';

/** An Apollo Server of its own, whose resolvers read rows that the test changes. */

interface Context {
  loader?: DataLoader<string, string>;
}

const typeDefs = `#graphql
  type Query {
    many(count: Int!): String @cacheControl(maxAge: 60)
    rows(count: Int!): String @cacheControl(maxAge: 60)
    title(id: ID!): String @cacheControl(maxAge: 60)
    other: String @cacheControl(maxAge: 60)
  }
`;

const loader = defineEntityLoader<Map<string, string>, string, { readonly id: string; readonly title: string }>({
  name: 'titled',
  table: 'titled_rows',
  partition: 'own',
  policy: { maxAge: 60_000, staleWhileRevalidate: 0, scope: 'PUBLIC' },
  version: '1',
  keyColumn: 'id',
  batch: (source, ids) => Promise.resolve(ids.map((id) => ({ id, title: source.get(id) ?? 'Emma' }))),
  keyOf: ({ id }) => id,
});

const opened: { server: ApolloServer<Context>; cache: CreatedCache }[] = [];
afterEach(async () => {
  for (const { server, cache } of opened.splice(0)) {
    await server.stop();
    await cache.close();
  }
});

async function start() {
  const titles = new Map<string, string>();
  const cache = await createCache({ jitter: 0 });
  const plugin = responseCachePlugin<Context, Map<string, string>>({ cache, partition: 'single', sources: () => titles });
  const titleOf = (id: string): string => titles.get(id) ?? 'Emma';
  const ids = (count: number): string[] => Array.from({ length: count }, (_, id) => String(id));
  const resolvers = {
    Query: {
      many: (_: unknown, { count }: { count: number }, context: Context) => {
        dependsOn(context, ...ids(count).map((id) => tags.row(SINGLE, 'rows', id)));
        return titleOf('0');
      },
      rows: async (_: unknown, { count }: { count: number }, context: Context) => {
        const rows = await readerOf<Map<string, string>>(context)?.load(loader).loadMany(ids(count));
        return rows?.[0]?.title;
      },
      title: (_: unknown, { id }: { id: string }, { loader: own }: Context) => own?.load(id),
      other: () => 'other',
    },
  };
  const server = new ApolloServer<Context>({ typeDefs: [cacheDirectivesSDL, typeDefs], resolvers, plugins: [plugin], logger: silentLogger });
  await server.start();
  opened.push({ server, cache });
  const ask = async (query: string, contextValue: Context = {}): Promise<Record<string, unknown> | null | undefined> => {
    const { body } = await server.executeOperation({ query }, { contextValue });
    await cache.core.drain();
    return body.kind === 'single' ? ((body.singleResult.errors?.[0]?.message as never) ?? body.singleResult.data) : null;
  };
  /** A context whose loader is bound to the object that the context function makes, as is usual. */
  const contextWithLoader = (): Promise<Context> => {
    const context: Context = {};
    context.loader = new DataLoader((keys) => {
      for (const id of keys) dependsOn(context, tags.row(SINGLE, 'rows', id));
      return Promise.resolve(keys.map(titleOf));
    });
    return Promise.resolve(context);
  };
  return { titles, cache, plugin, server, ask, contextWithLoader };
}

describe('an entry that depends on more rows than it has tags for', () => {
  it.each([500, 501])('F6 is reached by the tag of one of %i rows', async (count) => {
    const { titles, cache, ask } = await start();
    for (const [field, table] of [['many', 'rows'], ['rows', 'titled_rows']] as const) {
      titles.clear();
      expect(await ask(`{ ${field}(count: ${count}) }`)).toEqual({ [field]: 'Emma' });
      titles.set('0', 'Persuasion');
      expect(await ask(`{ ${field}(count: ${count}) }`)).toEqual({ [field]: 'Emma' });
      expect(await cache.invalidate([tags.row(SINGLE, table, '0')])).toEqual({ state: 'applied', tags: 1 });
      expect(await ask(`{ ${field}(count: ${count}) }`)).toEqual({ [field]: 'Persuasion' });
    }
  });
});

describe('dependsOn with the context that the context function made', () => {
  const handled = ({ server, plugin }: { server: ApolloServer<Context>; plugin: ResponseCachePlugin<Context, Map<string, string>> }) => {
    const handle = httpHandler({ server, plugin });
    return async (query: string, make: () => Promise<Context>): Promise<unknown> => {
      const { body } = await handle({ method: 'POST', headers: { 'content-type': 'application/json' }, search: '', body: { query } }, make);
      return JSON.parse((body as Buffer | string).toString()) as unknown;
    };
  };

  it('F6 tags the pieces of the request behind the handler, and inside plugin.context', async () => {
    const world = await start();
    const { titles, cache, plugin, ask, contextWithLoader } = world;
    const send = handled(world);
    const query = '{ title(id: 1) other }';
    const ways: (() => Promise<unknown>)[] = [() => send(query, contextWithLoader), async () => ({ data: await ask(query, await plugin.context(contextWithLoader)()) })];
    for (const way of ways) {
      titles.set('1', 'Emma');
      await cache.invalidate([tags.partition(SINGLE)]);
      for (let time = 0; time < 3; time++) expect(await way()).toEqual({ data: { title: 'Emma', other: 'other' } });
      titles.set('1', 'Persuasion');
      expect(await way()).toEqual({ data: { title: 'Emma', other: 'other' } });
      await cache.invalidate([tags.row(SINGLE, 'rows', '1')]);
      expect(await way()).toEqual({ data: { title: 'Persuasion', other: 'other' } });
    }
  });

  it('fails with the remedy where nothing has prepared it, instead of tagging nothing', async () => {
    const { ask, contextWithLoader } = await start();
    expect(await ask('{ title(id: 1) }', await contextWithLoader())).toContain('plugin.context(');
  });

  it('fails where requests share one object, and answers them apart', async () => {
    const world = await start();
    const context = await world.contextWithLoader();
    const send = handled(world);
    expect(await send('{ other }', () => Promise.resolve(context))).toEqual({ data: { other: 'other' } });
    expect(JSON.stringify(await send('{ title(id: 1) }', () => Promise.resolve(context)))).toContain('several requests share');
  });
});

describe('what is given in the place of tags', () => {
  it('is refused where it is no list, or none of tags', async () => {
    const { cache, ask } = await start();
    const row = tags.row(partition('red'), 'books', '1');
    for (const given of [row, ['books'], [null], [row, ''], 't', undefined, [{}]]) {
      await expect(cache.invalidate(given as unknown as Tag[])).rejects.toMatchObject({ code: 'CACHE_TAG_INVALID' });
    }
    expect(await cache.invalidate([row, row])).toEqual({ state: 'applied', tags: 1 });
    expect(await cache.invalidate([])).toEqual({ state: 'applied', tags: 0 });
    expect(await ask('{ other }')).toEqual({ other: 'other' });
    expect(() => dependsOn({}, 'books' as Tag)).toThrow('plugin.context(');
  });
});
