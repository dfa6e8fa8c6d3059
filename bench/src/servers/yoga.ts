import { createServer } from 'node:http';
import { createRedisCache } from '@envelop/response-cache-redis';
import { createInMemoryCache, useResponseCache, type Cache } from '@graphql-yoga/plugin-response-cache';
import { createYoga } from 'graphql-yoga';
import { Redis } from 'ioredis';
import type { Access } from '../domain/access.js';
import { measuredSchema } from '../domain/schema.js';
import { closeServer, listen } from './listen.js';
import { openDomain } from './open-domain.js';
import type { StartServer } from './server-protocol.js';

interface Context {
  readonly access: Access;
}

/** GraphQL Yoga on node:http with its response cache, in memory or Redis; lifetimes from the schema's hints. */
export const startYoga: StartServer = async (args, onQuery) => {
  const domain = await openDomain(args, onQuery);
  const redis = args.kind === 'yoga-cache-redis' ? new Redis(args.redisUrl, { keyPrefix: `${args.prefix}:` }) : null;
  const cache: Cache = redis === null ? createInMemoryCache() : createRedisCache({ redis });
  const yoga = createYoga({
    schema: measuredSchema<Context>(({ access }) => access),
    context: ({ request }): Context => ({ access: domain.access(request.headers.get('x-tenant')) }),
    plugins: [useResponseCache({ session: (request) => request.headers.get('x-tenant'), cache })],
    graphiql: false,
    landingPage: false,
    logging: false,
  });
  // eslint-disable-next-line @typescript-eslint/no-misused-promises -- yoga is a request listener, and answers for itself
  const server = createServer(yoga);
  const port = await listen(server);
  return {
    port,
    close: async () => {
      await closeServer(server);
      redis?.disconnect();
      await domain.database.close();
    },
  };
};
