import Fastify, { type FastifyPluginCallback, type FastifyRequest } from 'fastify';
import { Redis } from 'ioredis';
import mercurius from 'mercurius';
import mercuriusCache from 'mercurius-cache';
import type { Access, MedicineRow } from '../domain/access.js';
import { measuredSchema } from '../domain/schema.js';
import { openDomain } from './open-domain.js';
import type { StartServer } from './server-protocol.js';

interface Context {
  readonly access: Access;
}

/** Both are typed for another copy of Fastify's types than ours. */
type Plugin = FastifyPluginCallback<Record<string, unknown>>;

interface Asked<Parent> {
  readonly self: Parent;
  readonly arg: unknown;
  readonly ctx: Context;
}

/** A key as short as it can be: resolvers answer whole rows, whichever fields are selected. */
const byArguments = ({ arg, ctx }: Asked<unknown>): string => `${ctx.access.tenant.id}${JSON.stringify(arg)}`;
const byCategory = ({ self, ctx }: Asked<MedicineRow>): string => `${ctx.access.tenant.id}${self.categoryId}`;

/** The lifetimes of the schema's hints, in seconds. */
const policy = {
  Query: {
    medicine: { ttl: 3_600, key: byArguments },
    topMedicines: { ttl: 300, key: byArguments },
    categories: { ttl: 86_400, key: byArguments },
  },
  Medicine: { category: { ttl: 86_400, key: byCategory } },
};

/** Mercurius on Fastify with its JIT, and mercurius-cache around the resolvers, in memory or Redis. */
export const startMercurius: StartServer = async (args, onQuery) => {
  const domain = await openDomain(args, onQuery);
  const redis = args.kind === 'mercurius-cache-redis' ? new Redis(args.redisUrl, { keyPrefix: `${args.prefix}:` }) : null;
  const server = Fastify({ logger: false });
  await server.register(mercurius as unknown as Plugin, {
    schema: measuredSchema<Context>(({ access }) => access),
    jit: 1,
    graphiql: false,
    context: (request: FastifyRequest): Context => ({ access: domain.access(request.headers['x-tenant']) }),
  });
  await server.register(mercuriusCache as unknown as Plugin, {
    policy,
    storage: redis === null ? { type: 'memory', options: { size: 100_000 } } : { type: 'redis', options: { client: redis } },
  });
  const address = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    port: Number(new URL(address).port),
    close: async () => {
      await server.close();
      redis?.disconnect();
      await domain.database.close();
    },
  };
};
