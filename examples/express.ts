/**
 * The plugin alone, behind Apollo's own integration: everything else stays as it is. Nothing is tagged; a mutation names the
 * root fields that it changes. `larder-explain: 1` asks how an answer came about.
 *
 *     npm install larder @apollo/server graphql express @as-integrations/express5
 */
import type { AddressInfo } from 'node:net';
import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { createCache, SINGLE, tags } from 'larder/cache';
import { cacheDirectivesSDL, responseCachePlugin } from 'larder/cache/graphql';

interface Context {
  readonly explain: boolean;
}

const typeDefs = `#graphql
  type Query {
    book(id: ID!): Book @cacheControl(maxAge: 300)
    books: [Book!]! @cacheControl(maxAge: 60)
  }
  type Book @cacheControl(inheritMaxAge: true) { id: ID!  title: String! }
  type Mutation { rename(id: ID!, title: String!): Book }
`;

const titles = new Map([['1', 'Emma'], ['2', 'Persuasion']]);
// With Redis, any number of processes share it: createCache({ redis: 'redis://127.0.0.1:6379/0' }).
const cache = await createCache();

const resolvers = {
  Query: {
    book: (_: unknown, { id }: { id: string }) => ({ id, title: titles.get(id) ?? '' }),
    books: () => [...titles].map(([id, title]) => ({ id, title })),
  },
  Mutation: {
    rename: async (_: unknown, { id, title }: { id: string; title: string }) => {
      titles.set(id, title);
      await cache.invalidate([tags.field(SINGLE, 'Query.book'), tags.field(SINGLE, 'Query.books')]);
      return { id, title };
    },
  },
};

const plugin = responseCachePlugin<Context>({ cache, partition: 'single', explains: ({ explain }) => explain });
const server = new ApolloServer<Context>({ typeDefs: [cacheDirectivesSDL, typeDefs], resolvers, plugins: [plugin] });
await server.start();
// Behind an integration of Apollo, this call makes the other plugins known to the cache: their hooks count on hits, too.
plugin.honourPluginsOf(server);

// Around the function that makes contexts: what it reads is then as old as the request, and no write in between is missed.
const context = plugin.context(({ req }: { req: express.Request }) => Promise.resolve({ explain: req.get('larder-explain') === '1' }));
const app = express().use('/', express.json(), expressMiddleware(server, { context }));
const http = app.listen(Number(process.env['PORT'] ?? 4000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
});
