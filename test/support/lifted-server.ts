import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import { createCache, tags, SINGLE, type CreateCacheOptions, type CreatedCache } from '../../src/cache/index.js';
import { cacheDirectivesSDL, dependsOn, responseCachePlugin, type ResponseCachePlugin, type ResponseCachePluginOptions } from '../../src/cache/graphql/index.js';
import { httpHandler, nodeHandler } from '../../src/cache/http/index.js';
import { silentLogger } from '../../src/lib/logger.js';

/** An Apollo Server of somebody else, schema first, with the engine lifted into it. */
export interface LiftedContext {
  readonly user?: string | null;
  readonly tenant?: string | null;
}

type Options = Partial<ResponseCachePluginOptions<LiftedContext>>;

const typeDefs = `#graphql
  type Query {
    book(id: ID!): Book @cacheControl(maxAge: 60)
    books: [Book!]! @cacheControl(maxAge: 60)
    mine: [Book!]! @cacheControl(maxAge: 60, scope: PRIVATE)
    short: String @cacheControl(maxAge: 60)
    secret: String @cacheControl(maxAge: 60)
    whoami: String @cacheControl(maxAge: 60)
    refused: String @cacheControl(maxAge: 60)
    now: Int
  }
  type Mutation { rename(id: ID!, title: String!): Book }
  type Book @cacheControl(inheritMaxAge: true) { id: ID! title: String! author: Author }
  type Author @cacheControl(maxAge: 30) { name: String! }
`;

export class LiftedServer {
  /** Root fields whose resolvers ran. */
  executed: string[] = [];
  /** Of these, those of whose execution Apollo told its plugins. */
  told: string[] = [];
  titles = new Map([['1', 'Emma'], ['2', 'Persuasion']]);
  /** While it is set, `book` reads first and answers when it resolves. */
  held: Promise<void> | null = null;
  /** Milliseconds, on the clock that lifetimes are measured on. */
  now = 0;
  plugin!: ResponseCachePlugin<LiftedContext>;
  apollo!: ApolloServer<LiftedContext>;
  cache!: CreatedCache;
  url = '';
  #http: Server | null = null;

  static async start(options: Options = {}, caching: CreateCacheOptions = {}): Promise<LiftedServer> {
    const server = new LiftedServer();
    await server.#start(options, caching);
    return server;
  }

  async #start(options: Options, caching: CreateCacheOptions): Promise<void> {
    this.cache = await createCache({ jitter: 0, clock: { now: () => this.now }, ...caching });
    const listener = this.#listener();
    this.plugin = responseCachePlugin<LiftedContext>({ cache: this.cache, partition: 'single', observers: [listener], ...options });
    this.apollo = new ApolloServer<LiftedContext>({ typeDefs: [cacheDirectivesSDL, typeDefs], resolvers: this.#resolvers(), plugins: [this.plugin, listener], logger: silentLogger });
    await this.apollo.start().catch(async (error: unknown) => {
      await this.cache.close();
      throw error;
    });
    const handle = httpHandler({ server: this.apollo, plugin: this.plugin });
    const context = ({ req }: { readonly req: { readonly headers: NodeJS.Dict<string | string[]> } }): Promise<LiftedContext> =>
      Promise.resolve({ user: (req.headers['x-user'] as string | undefined) ?? null, tenant: (req.headers['x-tenant'] as string | undefined) ?? null });
    this.#http = createServer(nodeHandler(handle, { context, maxBodyBytes: 2_000 }));
    await once(this.#http.listen(0, '127.0.0.1'), 'listening');
    this.url = `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** As Apollo alone answers, with the plugin. */
  async run(query: string, contextValue: LiftedContext = {}): Promise<unknown> {
    const { body } = await this.apollo.executeOperation({ query }, { contextValue });
    await this.cache.core.drain();
    return body.kind === 'single' ? body.singleResult : null;
  }

  /** Over HTTP. */
  async send(query: string, headers: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number; readonly headers: Headers; readonly json: unknown }> {
    const response = await fetch(this.url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }) });
    const json = (await response.json()) as unknown;
    await this.cache.core.drain();
    return { status: response.status, headers: response.headers, json };
  }

  async close(): Promise<void> {
    this.#http?.closeAllConnections();
    await new Promise((resolve) => this.#http?.close(resolve));
    await this.apollo.stop();
    await this.cache.close();
  }

  #listener(): ApolloServerPlugin<LiftedContext> {
    const willResolveField = ({ info }: { readonly info: GraphQLResolveInfo }): void => {
      if (info.path.prev === undefined) this.told.push(info.fieldName);
    };
    return { requestDidStart: () => Promise.resolve({ executionDidStart: () => Promise.resolve({ willResolveField }) }) };
  }

  #resolvers() {
    const ran = (name: string): void => void this.executed.push(name);
    const of = ({ tenant }: LiftedContext): string => (tenant === null || tenant === undefined ? '' : ` of ${tenant}`);
    const found = (id: string, context: LiftedContext) => ({ id, title: `${this.titles.get(id) ?? 'none'}${of(context)}` });
    return {
      Query: {
        book: async (_: unknown, { id }: { id: string }, context: LiftedContext) => {
          ran('book');
          dependsOn(context, tags.row(SINGLE, 'books', id));
          const book = found(id, context);
          await this.held;
          return book;
        },
        books: (_: unknown, __: unknown, context: LiftedContext) => {
          ran('books');
          dependsOn(context, tags.table(SINGLE, 'books'));
          return [...this.titles.keys()].map((id) => found(id, context));
        },
        mine: (_: unknown, __: unknown, context: LiftedContext) => {
          ran('mine');
          return [{ id: context.user ?? '', title: `${context.user ?? 'nobody'}'s` }];
        },
        short: (_: unknown, __: unknown, ___: unknown, info: { cacheControl: { setCacheHint: (hint: object) => void } }) => {
          ran('short');
          info.cacheControl.setCacheHint({ maxAge: 0 });
          return 'short';
        },
        secret: (_: unknown, __: unknown, context: LiftedContext, info: { cacheControl: { cacheHint: { restrict: (hint: object) => void } } }) => {
          ran('secret');
          info.cacheControl.cacheHint.restrict({ scope: 'PRIVATE' });
          return context.user;
        },
        whoami: (_: unknown, __: unknown, { user }: LiftedContext) => {
          ran('whoami');
          return user ?? 'unknown';
        },
        refused: () => {
          ran('refused');
          throw new GraphQLError('no', { extensions: { code: 'NO', http: { status: 418, headers: new Map([['x-no', 'yes']]) as never } } });
        },
        now: () => {
          ran('now');
          return 1;
        },
      },
      Book: { author: () => ({ name: 'Austen' }) },
      Mutation: {
        rename: async (_: unknown, { id, title }: { id: string; title: string }, context: LiftedContext) => {
          this.titles.set(id, title);
          await this.cache.invalidate([tags.row(SINGLE, 'books', id), tags.table(SINGLE, 'books')]);
          return found(id, context);
        },
      },
    };
  }
}
