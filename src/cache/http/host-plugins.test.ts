import { ApolloServer, HeaderMap, type ApolloServerPlugin, type GraphQLRequestListener } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { createCache } from '../index.js';
import { cacheDirectivesSDL, responseCachePlugin, type ResponseCachePluginOptions } from '../graphql/index.js';
import { httpHandler } from './http-handler.js';

interface Asking {
  readonly user: string;
}
type Plugin = ApolloServerPlugin<Asking>;
type Hooks = GraphQLRequestListener<Asking>;

const typeDefs = `#graphql
  type Query {
    book: Book @cacheControl(maxAge: 60)
    broken: String @cacheControl(maxAge: 60)
    now: Int
  }
  type Book @cacheControl(inheritMaxAge: true) { title: String! lost: String }
`;

let opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.reverse()) await close();
  opened = [];
});

interface Config {
  readonly plugins?: (own: Plugin | null) => readonly Plugin[];
  readonly apollo?: object;
  readonly options?: Partial<ResponseCachePluginOptions<Asking>>;
  /** Whether the plugin alone is told of its server. */
  readonly knowsOthers?: boolean;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: unknown;
}

interface Running {
  readonly ran: string[];
  readonly log: string[];
  send(query: string, user?: string): Promise<Answer>;
  get(query: string, headers: Readonly<Record<string, string>>): Promise<Answer>;
}

/** The same server with the cache in front of it and inside, inside alone, or without. */
async function start(kind: 'handler' | 'plugin' | 'apollo', { plugins = (own) => (own === null ? [] : [own]), apollo = {}, options = {}, knowsOthers = true }: Config): Promise<Running> {
  const ran: string[] = [];
  const log: string[] = [];
  const say = (line: unknown): void => void log.push(String(line));
  const cache = await createCache();
  opened.push(() => cache.close());
  const own = kind === 'apollo' ? null : responseCachePlugin<Asking>({ cache, partition: 'single', ...options });
  const resolvers = {
    Query: {
      book: () => (ran.push('book'), { title: 'Emma' }),
      broken: () => {
        throw new GraphQLError('no', { extensions: { code: 'NO' } });
      },
      now: () => (ran.push('now'), 1),
    },
    Book: {
      lost: () => {
        throw new Error('lost');
      },
    },
  };
  const server = new ApolloServer<Asking>({
    typeDefs: [cacheDirectivesSDL, typeDefs],
    resolvers,
    plugins: [...plugins(own)],
    includeStacktraceInErrorResponses: false,
    logger: { debug: () => undefined, info: say, warn: say, error: say },
    ...apollo,
  });
  await server.start();
  opened.push(() => server.stop());
  const handle = kind === 'handler' && own !== null ? httpHandler({ server, plugin: own }) : null;
  if (kind === 'plugin' && knowsOthers) own?.honourPluginsOf(server);
  const ask = async (request: { method: string; headers: Readonly<Record<string, string>>; search: string; body: unknown }, user: string): Promise<Answer> => {
    const context = (): Promise<Asking> => Promise.resolve({ user });
    if (handle !== null) {
      const { status, headers, body } = await handle(request, context);
      await cache.core.drain();
      return { status, headers, json: JSON.parse(body as string) };
    }
    const { status = 200, headers, body } = await server.executeHTTPGraphQLRequest({ httpGraphQLRequest: { ...request, headers: new HeaderMap(Object.entries(request.headers)) }, context });
    await cache.core.drain();
    return { status, headers: Object.fromEntries(headers), json: body.kind === 'complete' ? JSON.parse(body.string) : null };
  };
  return {
    ran,
    log,
    send: (query, user = 'ann') => ask({ method: 'POST', headers: { 'content-type': 'application/json' }, search: '', body: { query } }, user),
    get: (query, headers) => ask({ method: 'GET', headers, search: `?${String(new URLSearchParams({ query }))}`, body: undefined }, 'ann'),
  };
}

const listening = (hooks: (user: string) => Hooks): Plugin => ({ requestDidStart: ({ contextValue }) => Promise.resolve(hooks(contextValue.user)) });

describe.each(['handler', 'plugin'] as const)('plugins of a host, and the %s', (kind) => {
  it('P9: what a plugin refuses by viewer, quota or switch it refuses on every request, hit or not', async () => {
    const asked = new Map<string, number>();
    let isOff = false;
    const quota = listening((user) => ({
      didResolveOperation: () => {
        asked.set(user, (asked.get(user) ?? 0) + 1);
        if (isOff || user === 'mallory' || (asked.get(user) ?? 0) > 3) throw new GraphQLError('refused', { extensions: { code: 'REFUSED', http: { status: 429 } } });
        return Promise.resolve();
      },
    }));
    const { send, ran } = await start(kind, { plugins: (own) => [quota, ...(own === null ? [] : [own])] });
    const refused = { status: 429, json: { errors: [{ message: 'refused', extensions: { code: 'REFUSED' } }] } };
    for (let time = 0; time < 3; time++) expect(await send('{ book { title } }')).toMatchObject({ status: 200, json: { data: { book: { title: 'Emma' } } } });
    expect(ran).toEqual(['book']);
    for (const user of ['ann', 'mallory']) expect(await send('{ book { title } }', user)).toMatchObject(refused);
    isOff = true;
    expect(await send('{ book { title } }', 'bob')).toMatchObject(refused);
  });

  it('P9: plugins hear, add and see the same as in a server without the cache: hits, misses and errors', async () => {
    const queries = ['{ book { title } }', '{ book { title } now }', '{ broken }', '{ a: broken book { title lost } }', '{ now }', '{ nothing }', '{'];
    const played = async (which: 'apollo' | typeof kind): Promise<unknown> => {
      const heard: string[] = [];
      const messages = (errors: readonly GraphQLError[] | undefined): string => (errors ?? []).map(({ message, path, originalError }) => `${message} at ${path?.join('.') ?? 'none'} of ${originalError?.name ?? 'none'}`).sort().join();
      const host = listening((user) => ({
        didResolveSource: async () => void heard.push('source'),
        didResolveOperation: async () => void heard.push('operation'),
        didEncounterErrors: async ({ errors }) => void heard.push(`errors ${messages(errors)}`),
        willSendResponse: async ({ errors, response }) => {
          heard.push(`send ${messages(errors)}`);
          response.http.headers.set('x-for', user);
          if (response.body.kind === 'single') response.body.singleResult.extensions = { ...response.body.singleResult.extensions, for: user };
        },
      }));
      const { send } = await start(which, { plugins: (own) => [host, ...(own === null ? [] : [own])] });
      const answers: unknown[] = [];
      for (const query of queries) {
        for (const user of ['ann', 'bob', 'ann']) {
          const { status, headers, json } = await send(query, user);
          answers.push({ status, for: headers['x-for'], json });
        }
      }
      return { heard, answers };
    };
    expect(await played(kind)).toEqual(await played('apollo'));
  });

  it.each([
    ['willResolveField', (user: string): Hooks => ({ executionDidStart: async () => ({ willResolveField: ({ info }) => { if (user === 'mallory' && info.fieldName === 'book') throw new GraphQLError('no'); } }) })],
    ['executionDidStart', (user: string): Hooks => ({ executionDidStart: async () => { if (user === 'mallory') throw new Error('no'); } })],
  ])('P9: what a plugin refuses in %s it refuses on every request, and the log says what that costs', async (_, hooks) => {
    class FieldGuard {
      requestDidStart = async ({ contextValue }: { contextValue: Asking }): Promise<Hooks> => hooks(contextValue.user);
    }
    const guard = new FieldGuard();
    const { send, ran, log } = await start(kind, { plugins: (own) => [...(own === null ? [] : [own]), guard] });
    for (let time = 0; time < 3; time++) {
      expect((await send('{ book { title } }', 'mallory')).json).toHaveProperty('errors');
      expect((await send('{ book { title } }')).json).toEqual({ data: { book: { title: 'Emma' } } });
    }
    expect(ran).toEqual(['book', 'book', 'book']);
    expect(log.filter((line) => line.includes('answers no operation that FieldGuard listens to'))).toHaveLength(1);
  });

  it('P9: a response that a plugin gives is given, wherever the plugin stands', async () => {
    const closed = listening((user) => ({
      responseForOperation: async () => (user === 'mallory' ? { http: { status: 503, headers: new HeaderMap() }, body: { kind: 'single', singleResult: { errors: [{ message: 'closed' }] } } } : null),
    }));
    for (const plugins of [(own: Plugin | null) => [closed, ...(own === null ? [] : [own])], (own: Plugin | null) => [...(own === null ? [] : [own]), closed]]) {
      const { send } = await start(kind, { plugins });
      for (let time = 0; time < 3; time++) {
        expect(await send('{ book { title } }')).toMatchObject({ status: 200 });
        expect(await send('{ book { title } }', 'mallory')).toMatchObject({ status: 503, json: { errors: [{ message: 'closed' }] } });
      }
    }
  });

  it('takes plugins and listeners as they are: frozen, or with members that only they can reach', async () => {
    const seen: string[] = [];
    class Listener implements Hooks {
      readonly #seen = seen;
      async willSendResponse(): Promise<void> {
        this.#seen.push('sent');
      }
      async didResolveOperation(): Promise<void> {
        this.#seen.push('resolved');
      }
    }
    class Guard implements Plugin {
      readonly #listener = new Listener();
      async requestDidStart(): Promise<Hooks> {
        return this.#listener;
      }
    }
    const frozen: Plugin = Object.freeze({ requestDidStart: () => Promise.resolve(Object.freeze({ willSendResponse: async () => void seen.push('frozen') })) });
    const { send } = await start(kind, { plugins: (own) => [new Guard(), frozen, ...(own === null ? [] : [own])] });
    for (let time = 0; time < 2; time++) expect(await send('{ book { title } }')).toMatchObject({ status: 200 });
    expect(seen).toEqual(['resolved', 'sent', 'frozen', 'resolved', 'sent', 'frozen']);
  });

  it('a plugin that only looks on, and is named as such, costs nothing and hears of what Apollo executes alone', async () => {
    const seen: string[] = [];
    const tracing = listening(() => ({ executionDidStart: async () => ({ willResolveField: ({ info }) => void seen.push(info.fieldName) }) }));
    const { send, ran, log } = await start(kind, { plugins: (own) => [tracing, ...(own === null ? [] : [own])], options: { observers: [tracing] } });
    for (let time = 0; time < 3; time++) await send('{ book { title } }');
    expect([ran, seen]).toEqual([['book'], []]);
    await send('{ now }');
    expect(seen).toEqual(['now']);
    expect(log).toEqual([]);
  });
});

describe('the handler and what a server is told', () => {
  it('says at its start which plugins see every request', async () => {
    class Quota {
      requestDidStart = (): Promise<void> => Promise.resolve();
    }
    const silent: Plugin = { serverWillStart: () => Promise.resolve() };
    const { log, send } = await start('handler', { plugins: (own) => [new Quota(), silent, { requestDidStart: () => Promise.resolve() }, ...(own === null ? [] : [own])] });
    expect(log).toEqual([expect.stringMatching(/^Every request passes through Apollo Server.*: Quota, plugins\[2\]\.$/)]);
    for (let time = 0; time < 3; time++) expect((await send('{ book { title } }')).headers['etag']).toBeUndefined();
  });

  it('answers in front of a server that has no plugins of its own', async () => {
    const { log, send } = await start('handler', {});
    for (let time = 0; time < 2; time++) await send('{ book { title } }');
    expect((await send('{ book { title } }')).headers['etag']).toBeDefined();
    expect(log).toEqual([]);
  });

  it('P9: a known query that a form could send is refused as the server refuses it', async () => {
    const { get, send } = await start('handler', { apollo: { csrfPrevention: { requestHeaders: ['X-Mine'] } } });
    for (let time = 0; time < 2; time++) await send('{ book { title } }');
    expect((await get('{ book { title } }', { 'apollo-require-preflight': '1' })).status).toBe(400);
    const { status, headers } = await get('{ book { title } }', { 'x-mine': '1' });
    expect([status, headers['etag']]).toEqual([200, expect.any(String)]);
  });

  it('P9: what writes every answer, writes those of known queries', async () => {
    const stringifyResult = (result: object): string => JSON.stringify({ ...result, by: 'the host' });
    const { send, log } = await start('handler', { apollo: { stringifyResult } });
    for (let time = 0; time < 3; time++) expect((await send('{ book { title } }')).json).toMatchObject({ by: 'the host' });
    expect(log.join()).toContain('stringifyResult');
  });

  it('says once of a plugin alone that it does not know the others', async () => {
    const { log, send } = await start('plugin', { knowsOthers: false });
    for (let time = 0; time < 3; time++) await send('{ book { title } }');
    expect(log).toEqual([expect.stringContaining('honourPluginsOf(server)')]);
  });
});
