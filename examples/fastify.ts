/**
 * Tenants and viewers: the handler in a route of Fastify. The tenant is part of every key; what is PRIVATE is kept for its
 * viewer alone.
 *
 *     npm install larder @apollo/server graphql fastify
 */
import { ApolloServer } from '@apollo/server';
import Fastify from 'fastify';
import { createCache, partition, tags } from 'larder/cache';
import { cacheDirectivesSDL, dependsOn, responseCachePlugin } from 'larder/cache/graphql';
import { httpHandler, varyOn } from 'larder/cache/http';

interface Context {
  readonly tenant: string;
  readonly user: string | null;
}

const typeDefs = `#graphql
  type Query {
    books: [Book!]! @cacheControl(maxAge: 60)
    wishes: [Book!]! @cacheControl(maxAge: 60, scope: PRIVATE)
  }
  type Book @cacheControl(inheritMaxAge: true) { title: String! }
  type Mutation { addBook(title: String!): Book }
`;

const shelves = new Map<string, string[]>();
const shelfOf = (tenant: string): string[] => shelves.get(tenant) ?? ['Emma'];
const cache = await createCache();

const resolvers = {
  Query: {
    books: (_: unknown, __: unknown, context: Context) => {
      dependsOn(context, tags.table(partition(context.tenant), 'books'));
      return shelfOf(context.tenant).map((title) => ({ title }));
    },
    wishes: (_: unknown, __: unknown, { user }: Context) => [{ title: `What ${user ?? 'nobody'} wishes` }],
  },
  Mutation: {
    addBook: async (_: unknown, { title }: { title: string }, { tenant }: Context) => {
      shelves.set(tenant, [...shelfOf(tenant), title]);
      await cache.invalidate([tags.table(partition(tenant), 'books')]);
      return { title };
    },
  },
};

const plugin = responseCachePlugin<Context>({ cache, partition: ({ tenant }) => tenant, viewer: ({ user }) => user, vary: ['X-Tenant', 'X-User'] });
const server = new ApolloServer<Context>({ typeDefs: [cacheDirectivesSDL, typeDefs], resolvers, plugins: [plugin] });
await server.start();
const handle = httpHandler({ server, plugin });

const app = Fastify();
app.route({ method: ['GET', 'POST'], url: '/', handler: async ({ method, headers, url, body }, reply) => {
  const who = (name: string): string | null => (typeof headers[name] === 'string' ? headers[name] : null);
  const answer = await handle({ method, headers, search: new URL(url, 'http://_').search, body }, () => Promise.resolve({ tenant: who('x-tenant') ?? 'main', user: who('x-user') }));
  return reply.code(answer.status).headers({ ...answer.headers, vary: varyOn(reply.getHeader('vary')?.toString(), answer.headers['vary']) ?? '*' }).send(answer.body);
} });
console.log(`${await app.listen({ port: Number(process.env['PORT'] ?? 4000), host: '127.0.0.1' })}/`);
