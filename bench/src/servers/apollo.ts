import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import responseCache from '@apollo/server-plugin-response-cache';
import { KeyvAdapter } from '@apollo/utils.keyvadapter';
import { InMemoryLRUCache, type KeyValueCache } from '@apollo/utils.keyvaluecache';
import fastifyApollo from '@as-integrations/fastify';
import KeyvRedis from '@keyv/redis';
import { createClient } from '@redis/client';
import Fastify, { type FastifyRequest } from 'fastify';
import { Keyv } from 'keyv';
import type { Access } from '../domain/access.js';
import { measuredSchema } from '../domain/schema.js';
import { openDomain } from './open-domain.js';
import type { ServerArguments, StartServer } from './server-protocol.js';

interface Context extends BaseContext {
  readonly access: Access;
}

/** As much as Larder has by default. */
const MEMORY_BYTES = 64 * 1024 * 1024;

interface OpenCache {
  readonly cache: KeyValueCache;
  close(): Promise<void>;
}

/** Apollo Server on Fastify: without a cache, or with its response cache in memory or Redis. */
export const startApollo: StartServer = async (args, onQuery) => {
  const domain = await openDomain(args, onQuery);
  const opened = args.kind === 'apollo' ? null : await openCache(args);
  const apollo = new ApolloServer<Context>({
    schema: measuredSchema<Context>(({ access }) => access),
    nodeEnv: 'production',
    introspection: false,
    stopOnTerminationSignals: false,
    ...(opened === null ? {} : { cache: opened.cache }),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // Without a cache nobody asks for the policy, which costs a call per field.
      opened === null ? ApolloServerPluginCacheControlDisabled() : tenantsApart(),
    ],
  });
  await apollo.start();
  const server = Fastify({ logger: false });
  await server.register(fastifyApollo(apollo), {
    context: (request: FastifyRequest) => Promise.resolve({ access: domain.access(request.headers['x-tenant']) }),
  });
  const address = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    port: Number(new URL(address).port),
    close: async () => {
      await server.close();
      await opened?.close();
      await domain.database.close();
    },
  };
};

/** The plugin's key does not know of tenants. */
function tenantsApart(): ApolloServerPlugin<Context> {
  return responseCache<Context>({ extraCacheKeyData: ({ contextValue }) => Promise.resolve(contextValue.access.tenant.id) });
}

async function openCache({ kind, redisUrl, prefix }: ServerArguments): Promise<OpenCache> {
  if (kind === 'apollo-cache-memory') return { cache: new InMemoryLRUCache({ maxSize: MEMORY_BYTES }), close: () => Promise.resolve() };
  const client = createClient({ url: redisUrl, RESP: 3 });
  client.on('error', () => undefined);
  await client.connect();
  const store = new KeyvRedis<string>(client as never, { namespace: prefix, keyPrefixSeparator: ':' });
  const keyv = new Keyv<string>({ store, namespace: prefix, useKeyPrefix: false, serialize: JSON.stringify, deserialize: JSON.parse });
  return { cache: new KeyvAdapter<string>(keyv as never), close: () => Promise.resolve(client.destroy()) };
}
