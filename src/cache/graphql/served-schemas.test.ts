import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { buildSchema, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../lib/logger.js';
import { createCache, type CreatedCache } from '../index.js';
import { httpHandler, type HttpHandler } from '../http/index.js';
import { cacheDirectivesSDL } from './directives.js';
import { responseCachePlugin, type ResponseCachePlugin, type ResponseCachePluginOptions } from './response-cache-plugin.js';

interface Asking {
  readonly user?: string;
  readonly tenant?: string;
}

const typeDefs = `#graphql
  type Query { a(of: Int = 0): Int @cacheControl(maxAge: 60) mine: String @cacheControl(maxAge: 60, scope: PRIVATE) }
`;
const answering = (a: number) => ({ Query: { a: () => a, mine: (_: unknown, __: unknown, { user }: Asking) => `${user ?? 'none'} of ${String(a)}` } });

let opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.reverse()) await close();
  opened = [];
});

async function openCache(): Promise<CreatedCache> {
  const cache = await createCache();
  opened.push(() => cache.close());
  return cache;
}

function pluginOn(cache: CreatedCache, options: Partial<ResponseCachePluginOptions<Asking>> = {}): ResponseCachePlugin<Asking> {
  return responseCachePlugin<Asking>({ cache, partition: 'single', viewer: ({ user }) => user ?? null, ...options });
}

interface Started {
  readonly apollo: ApolloServer<Asking>;
  readonly handle: HttpHandler<Asking>;
  /** As Apollo alone answers. */
  run(query: string, context?: Asking): Promise<unknown>;
  /** As the handler answers. */
  send(query: string, context?: Asking): Promise<unknown>;
}

async function start(plugin: ResponseCachePlugin<Asking>, config: Partial<ConstructorParameters<typeof ApolloServer<Asking>>[0]> & object): Promise<Started> {
  const plugins: ApolloServerPlugin<Asking>[] = [plugin];
  const apollo = new ApolloServer<Asking>({ logger: silentLogger, plugins, ...config } as ConstructorParameters<typeof ApolloServer<Asking>>[0]);
  await apollo.start();
  opened.push(() => apollo.stop());
  const handle = httpHandler({ server: apollo, plugin });
  const { core } = plugin;
  return {
    apollo,
    handle,
    run: async (query, context = {}) => {
      const { body } = await apollo.executeOperation({ query }, { contextValue: context });
      await core.drain();
      return body.kind === 'single' ? body.singleResult.data : null;
    },
    send: async (query, context = {}) => {
      const { body } = await handle({ method: 'POST', headers: { 'content-type': 'application/json' }, search: '', body: { query } }, () => Promise.resolve(context));
      await core.drain();
      const answer = JSON.parse(body as string) as { readonly data?: unknown };
      return answer.data ?? answer;
    },
  };
}

const schemaFirst = (a: number) => ({ typeDefs: [cacheDirectivesSDL, typeDefs], resolvers: answering(a) });

/** A schema that can be replaced while its server runs, as Apollo Server lets gateways do. */
function reloadable(first: GraphQLSchema) {
  type Callback = (context: { apiSchema: GraphQLSchema }) => void;
  const callbacks: Callback[] = [];
  return {
    load: () => {
      for (const tell of callbacks) tell({ apiSchema: first });
      return Promise.resolve({ executor: null });
    },
    onSchemaLoadOrUpdate: (tell: Callback) => {
      callbacks.push(tell);
      return () => undefined;
    },
    stop: () => Promise.resolve(),
    reload: (schema: GraphQLSchema): void => {
      for (const tell of callbacks) tell({ apiSchema: schema });
    },
  };
}

function schemaThatAnswers(a: number): GraphQLSchema {
  const schema = buildSchema(`${cacheDirectivesSDL} ${typeDefs}`);
  const field = schema.getQueryType()?.getFields()['a'];
  if (field !== undefined) field.resolve = () => a;
  return schema;
}

describe('a plugin object in several servers', () => {
  it('P9: each server answers with its own schema, asked in turn, behind its handler and without', async () => {
    const plugin = pluginOn(await openCache());
    const servers = [await start(plugin, schemaFirst(1)), await start(plugin, schemaFirst(2))];
    for (let time = 0; time < 3; time++) {
      for (const [at, { run, send }] of servers.entries()) {
        expect([await run('{ a }'), await send('{ a }')]).toEqual([{ a: at + 1 }, { a: at + 1 }]);
        expect(await send('{ mine }', { user: 'ann' })).toEqual({ mine: `ann of ${String(at + 1)}` });
      }
    }
  });

  it('P9: two plugins on one cache have no entry in common, though their schemas read the same', async () => {
    const cache = await openCache();
    const servers = [await start(pluginOn(cache), schemaFirst(1)), await start(pluginOn(cache), schemaFirst(2))];
    for (let time = 0; time < 2; time++) for (const [at, { send }] of servers.entries()) expect(await send('{ a }')).toEqual({ a: at + 1 });
  });

  it('a query that one server has found valid is not known to the handler of another', async () => {
    const plugin = pluginOn(await openCache());
    const strict = await start(plugin, { ...schemaFirst(1), validationRules: [(context) => ({ OperationDefinition: (node) => context.reportError(new (class extends Error {})(node.kind) as never) })] });
    const open = await start(plugin, schemaFirst(2));
    for (let time = 0; time < 3; time++) {
      expect(await open.send('{ a }')).toEqual({ a: 2 });
      expect(await strict.send('{ a }')).toHaveProperty('errors');
    }
  });

  it('a schema that is reloaded is the only one that its server answers with, and the others keep theirs', async () => {
    const plugin = pluginOn(await openCache());
    const gateway = reloadable(schemaThatAnswers(1));
    const reloaded = await start(plugin, { gateway: gateway as never });
    const other = await start(plugin, schemaFirst(9));
    for (const a of [1, 2, 3]) {
      if (a > 1) gateway.reload(schemaThatAnswers(a));
      for (let time = 0; time < 3; time++) {
        expect([await reloaded.send('{ a }'), await reloaded.run('{ a }')]).toEqual([{ a }, { a }]);
        expect([await other.send('{ a }'), await other.run('{ a }')]).toEqual([{ a: 9 }, { a: 9 }]);
      }
    }
  });

  it('a gateway beside it changes nothing for a server of its own', async () => {
    const plugin = pluginOn(await openCache());
    const own = await start(plugin, schemaFirst(1));
    const gateway = reloadable(schemaThatAnswers(5));
    const supergraph = { ...gateway, onSchemaLoadOrUpdate: (tell: (context: object) => void) => gateway.onSchemaLoadOrUpdate((context) => tell({ ...context, coreSupergraphSdl: 'a supergraph' })) };
    const before = await start(plugin, { gateway: supergraph as never });
    for (let time = 0; time < 3; time++) expect([await own.send('{ a }'), await before.send('{ a }')]).toEqual([{ a: 1 }, { a: 5 }]);
    const { headers } = await own.handle({ method: 'POST', headers: { 'content-type': 'application/json' }, search: '', body: { query: '{ a }' } }, () => Promise.resolve({}));
    expect(headers['cache-status']).toMatch(/^Larder; hit/);
  });

  it('a server that has stopped answers nothing any more, known or not', async () => {
    const plugin = pluginOn(await openCache());
    const { apollo, send } = await start(plugin, schemaFirst(1));
    for (let time = 0; time < 2; time++) await send('{ a }');
    await apollo.stop();
    expect(await send('{ a }')).toHaveProperty('errors');
  });

  it('P2: an operation of another plugin, asked with the context of a resolver, has the partition that its own plugin says', async () => {
    const cache = await openCache();
    const tenants = await start(pluginOn(await openCache(), { partition: ({ tenant }) => tenant ?? null }), {
      typeDefs: [cacheDirectivesSDL, 'type Query { whose: String @cacheControl(maxAge: 60) }'],
      resolvers: { Query: { whose: (_: unknown, __: unknown, { tenant }: Asking) => tenant } },
    });
    const asking = { typeDefs: [cacheDirectivesSDL, 'type Query { ask: String now: String a: Int @cacheControl(maxAge: 60) }'], resolvers: { Query: { ask: async (_: unknown, __: unknown, context: Asking) => ((await tenants.run('{ whose }', context)) as { whose: string }).whose } } };
    const outer = await start(pluginOn(cache, { executesUnstored: true }), asking);
    for (const tenant of ['red', 'blue', 'red']) expect(await outer.run('{ ask a }', { tenant })).toEqual({ ask: tenant, a: null });
  });

  it('refuses a schema in Redis that reads like that of another running server, until that one has stopped', async () => {
    const cache = await openCache();
    const report = cache.core.ledger.report();
    cache.core.ledger.report = () => ({ ...report, kind: 'redis' });
    await expect(start(pluginOn(cache), schemaFirst(1))).rejects.toThrow('`version`');
    const plugin = pluginOn(cache, { version: 'one build' });
    const schema = schemaThatAnswers(1);
    const one = await start(plugin, { schema });
    const two = await start(plugin, { schema });
    await expect(start(plugin, schemaFirst(2))).rejects.toThrow('a `version` of its own');
    await expect(start(pluginOn(cache, { version: 'one build' }), schemaFirst(2))).rejects.toThrow('a `version` of its own');
    expect(await (await start(pluginOn(cache, { version: 'another' }), schemaFirst(2))).send('{ a }')).toEqual({ a: 2 });
    for (const { apollo } of [one, two]) await apollo.stop();
    const { apollo } = await start(plugin, schemaFirst(1));
    await expect(start(plugin, { schema })).rejects.toThrow('a `version` of its own');
    await apollo.stop();
    await start(plugin, { schema });
    await expect(start(plugin, schemaFirst(1))).rejects.toThrow('a `version` of its own');
  });

  it('a schema is left to Apollo whose entries in Redis would be those of the schema that it replaces', async () => {
    const cache = await openCache();
    const report = cache.core.ledger.report();
    cache.core.ledger.report = () => ({ ...report, kind: 'redis' });
    const gateway = reloadable(schemaThatAnswers(1));
    const { send } = await start(pluginOn(cache, { version: 'one build' }), { gateway: gateway as never });
    for (const a of [1, 2]) {
      if (a > 1) gateway.reload(schemaThatAnswers(a));
      for (let time = 0; time < 3; time++) expect(await send('{ a }')).toEqual({ a });
    }
  });

  it('P1: a field of a schema that two plugins have is cached as the plugin says whose request it is', async () => {
    const cache = await openCache();
    const schema = buildSchema(`${cacheDirectivesSDL} type Query { box: Box } type Box { mine: String @cacheControl(maxAge: 60, scope: PRIVATE) }`);
    const box = schema.getQueryType()?.getFields()['box'];
    if (box !== undefined) box.resolve = () => ({});
    const mine = (schema.getType('Box') as GraphQLObjectType).getFields()['mine'];
    if (mine !== undefined) mine.resolve = (_, __, { user }: Asking) => user ?? 'none';
    const one = await start(pluginOn(cache, { fields: true, viewer: ({ user }) => user ?? null }), { schema });
    await start(pluginOn(cache, { fields: true, viewer: () => 'everybody' }), { schema });
    for (let time = 0; time < 2; time++) for (const user of ['ann', 'bob']) expect(await one.run('{ box { mine } }', { user })).toEqual({ box: { mine: user } });
  });
});
