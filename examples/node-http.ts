/**
 * No framework: an Apollo Server on node:http, with the handler in front of it. One tenant, no viewers.
 *
 *     npm install larder @apollo/server graphql
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloServer } from '@apollo/server';
import { createCache, SINGLE, tags } from 'larder/cache';
import { cacheDirectivesSDL, dependsOn, responseCachePlugin } from 'larder/cache/graphql';
import { httpHandler, nodeHandler } from 'larder/cache/http';

const typeDefs = `#graphql
  type Query {
    book(id: ID!): Book @cacheControl(maxAge: 300)
    books: [Book!]! @cacheControl(maxAge: 60)
  }
  type Book @cacheControl(inheritMaxAge: true) { id: ID!  title: String! }
  type Mutation { rename(id: ID!, title: String!): Book }
`;

const titles = new Map([['1', 'Emma'], ['2', 'Persuasion']]);
const cache = await createCache();

const resolvers = {
  Query: {
    book: (_: unknown, { id }: { id: string }, context: object) => {
      // Whatever is made of this row goes when the row changes.
      dependsOn(context, tags.row(SINGLE, 'books', id));
      const title = titles.get(id);
      return title === undefined ? null : { id, title };
    },
    books: (_: unknown, __: unknown, context: object) => {
      dependsOn(context, tags.table(SINGLE, 'books'));
      return [...titles].map(([id, title]) => ({ id, title }));
    },
  },
  Mutation: {
    rename: async (_: unknown, { id, title }: { id: string; title: string }) => {
      titles.set(id, title);
      // After the commit, before the answer.
      await cache.invalidate([tags.row(SINGLE, 'books', id)]);
      return { id, title };
    },
  },
};

const plugin = responseCachePlugin({ cache, partition: 'single' });
const server = new ApolloServer({ typeDefs: [cacheDirectivesSDL, typeDefs], resolvers, plugins: [plugin] });
await server.start();

const http = createServer(nodeHandler(httpHandler({ server, plugin })));
http.listen(Number(process.env['PORT'] ?? 4000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
});
