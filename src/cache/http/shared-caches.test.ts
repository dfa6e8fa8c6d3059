import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloServer, HeaderMap, type ApolloServerPlugin, type GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpCacheOfTests, type CachedResponse, type HeaderFields } from '../../../test/support/http-cache.js';
import { silentLogger } from '../../lib/logger.js';
import { createCache } from '../index.js';
import { cacheDirectivesSDL, responseCachePlugin, type DownstreamCache } from '../graphql/index.js';
import { httpHandler } from './http-handler.js';
import { nodeHandler } from './node-handler.js';

interface Context {
  readonly tenant: string;
  readonly user: string | null;
  readonly isStaff: boolean;
  readonly language: string;
}

const typeDefs = `#graphql
  directive @staff on FIELD_DEFINITION
  type Query {
    shop: String @cacheControl(maxAge: 60)
    loose: String
    mine: String @cacheControl(maxAge: 60, scope: PRIVATE)
    stock: Int @cacheControl(maxAge: 60) @staff
    looseStock: Int @staff
    shelf: Shelf @cacheControl(maxAge: 60)
    never: String
  }
  type Shelf @cacheControl(inheritMaxAge: true) { label: String cost: Int @staff }
`;

interface Setup {
  readonly downstream: DownstreamCache;
  /** Behind the handler, or as Apollo's integrations have it. */
  readonly by: 'handler' | 'integration';
  readonly executesUnstored: boolean;
}

interface World {
  readonly url: string;
  now: number;
  readonly sessions: Map<string, { readonly user: string; isStaff: boolean }>;
}

let close: (() => Promise<void>) | null = null;
afterEach(async () => {
  await close?.();
  close = null;
});

type Middleware = (req: IncomingMessage, res: ServerResponse) => void;

type Plugins = (own: ApolloServerPlugin<Context>) => ApolloServerPlugin<Context>[];

async function open({ downstream, by, executesUnstored }: Setup, middleware: Middleware = (_, res) => void res.setHeader('Vary', 'Origin'), plugins: Plugins = (own) => [own]): Promise<World> {
  const world = { url: '', now: 0, sessions: new Map([['ann', { user: 'ann', isStaff: true }], ['bob', { user: 'bob', isStaff: true }]]) };
  const cache = await createCache({ jitter: 0, clock: { now: () => world.now } });
  const plugin = responseCachePlugin<Context>({
    cache,
    partition: ({ tenant }) => tenant,
    viewer: ({ user }) => user,
    varyBy: ({ language }) => ({ language }),
    permissionOf: ({ astNode }) => (astNode?.directives?.some(({ name }) => name.value === 'staff') === true ? 'staff' : null),
    holds: ({ isStaff }) => isStaff,
    vary: ['X-Tenant', 'Authorization', 'Accept-Language'],
    downstream,
    cacheTagBytes: 1_000,
    executesUnstored,
  });
  const staff = <T>({ isStaff }: Context, value: T): T => {
    if (!isStaff) throw new GraphQLError('staff only', { extensions: { code: 'FORBIDDEN' } });
    return value;
  };
  interface Info { readonly cacheControl: { setCacheHint(hint: { readonly maxAge: number }): void } }
  const resolvers = {
    Query: {
      shop: (_: unknown, __: unknown, { tenant, language }: Context) => `shop of ${tenant} in ${language}`,
      loose: (_: unknown, __: unknown, { tenant, language }: Context, info: Info) => (info.cacheControl.setCacheHint({ maxAge: 30 }), `loose shop of ${tenant} in ${language}`),
      mine: (_: unknown, __: unknown, { tenant, user }: Context) => `${user ?? 'none'} in ${tenant}`,
      stock: (_: unknown, __: unknown, context: Context) => staff(context, 5),
      looseStock: (_: unknown, __: unknown, context: Context, info: Info) => (info.cacheControl.setCacheHint({ maxAge: 30 }), staff(context, 5)),
      shelf: (_: unknown, __: unknown, { tenant }: Context) => ({ label: `shelf of ${tenant}` }),
      never: (_: unknown, __: unknown, { user }: Context) => `never ${user ?? 'none'}`,
    },
    Shelf: { cost: (_: unknown, __: unknown, context: Context) => staff(context, 7) },
  };
  const server = new ApolloServer<Context>({ typeDefs: [cacheDirectivesSDL, typeDefs], resolvers, plugins: plugins(plugin), logger: silentLogger, includeStacktraceInErrorResponses: false });
  await server.start();
  const contextOf = async ({ headers }: IncomingMessage): Promise<Context> => {
    const session = headers.authorization === undefined ? null : world.sessions.get(headers.authorization);
    // A status that a cache may keep without a word about it.
    if (session === undefined) throw new GraphQLError('session over', { extensions: { code: 'UNAUTHENTICATED', http: { status: 404 } } });
    return { tenant: String(headers['x-tenant']), user: session?.user ?? null, isStaff: session?.isStaff ?? false, language: String(headers['accept-language']) };
  };
  const handler: RequestListener = by === 'handler' ? nodeHandler(httpHandler({ server, plugin }), { context: ({ req }) => contextOf(req) }) : integration(server, plugin.context(contextOf));
  const http = createServer((req, res) => {
    middleware(req, res);
    handler(req, res);
  });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  world.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
  close = async () => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    await server.stop();
    await cache.close();
  };
  return world;
}

/** As `@as-integrations/express5` does it: Apollo's headers are put over what is there. */
function integration(server: ApolloServer<Context>, context: (req: IncomingMessage) => Promise<Context>): RequestListener {
  return (req, res) => {
    const headers = new HeaderMap(Object.entries(req.headers).map(([name, value]) => [name, String(value)] as const));
    void server.executeHTTPGraphQLRequest({ httpGraphQLRequest: { method: req.method ?? '', headers, search: (req.url ?? '').slice(1), body: undefined }, context: () => context(req) }).then(({ status = 200, headers: own, body }) => {
      res.statusCode = status;
      for (const [name, value] of own) res.setHeader(name, value);
      res.end(body.kind === 'complete' ? body.string : '');
    });
  };
}

const address = (query: string): string => `?${String(new URLSearchParams({ query }))}`;

async function ask(world: World, { url, headers }: { readonly url: string; readonly headers: HeaderFields }): Promise<CachedResponse> {
  const response = await fetch(`${world.url}${url}`, { headers: { ...headers, 'apollo-require-preflight': '1' } });
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
}

const TENANTS = ['red', 'blue'];
const VIEWERS = [null, 'ann', 'bob'];
/** Of each, whether a permission takes part, and whether it belongs to one viewer. */
const QUERIES = {
  '{ shop }': {},
  '{ loose }': {},
  '{ mine }': { isPrivate: true },
  '{ stock }': { isMarked: true },
  '{ looseStock }': { isMarked: true },
  '{ shelf { label cost } }': { isMarked: true },
  '{ shop stock }': { isMarked: true },
  '{ shop mine }': { isPrivate: true },
  '{ shop loose }': {},
  '{ never }': { isPrivate: true },
  '{ shop never }': { isPrivate: true },
  '{ __typename shop }': {},
} as const satisfies Record<string, { readonly isMarked?: boolean; readonly isPrivate?: boolean }>;

const SETUPS = (['revalidate', 'cdn', 'all'] as const).flatMap((downstream) =>
  (['handler', 'integration'] as const).flatMap((by) => [false, true].map((executesUnstored): Setup => ({ downstream, by, executesUnstored }))),
);

describe.each(SETUPS)('a lifted server behind caches of others: $downstream, by the $by, unstored operations executed here: $executesUnstored', (setup) => {
  it.each(['shared', 'private'] as const)('P9: two tenants and three viewers get nothing through a %s cache that was not theirs', async (kind) => {
    const world = await open(setup);
    const caches = new Map<string | null, HttpCacheOfTests>();
    const cacheOf = (viewer: string | null): HttpCacheOfTests => {
      const whose = kind === 'shared' ? null : viewer;
      const known = caches.get(whose) ?? new HttpCacheOfTests((request) => ask(world, request), { isShared: kind === 'shared', now: () => world.now });
      caches.set(whose, known);
      return known;
    };
    const before = new Map<string, string>();
    const wrong: string[] = [];
    const round = async (isAfter: boolean): Promise<void> => {
      for (const [query, { isMarked = false, isPrivate = false }] of Object.entries(QUERIES) as [string, { readonly isMarked?: boolean; readonly isPrivate?: boolean }][]) {
        for (const tenant of TENANTS) {
          for (const language of tenant === 'red' ? ['de', 'en'] : ['de']) {
            for (const viewer of VIEWERS) {
              const headers = { accept: 'application/json', 'x-tenant': tenant, 'accept-language': language, ...(viewer === null ? {} : { authorization: viewer }) };
              const request = { url: address(query), headers };
              const direct = await ask(world, request);
              const through = await cacheOf(viewer).get(request);
              const name = `${query} of ${tenant} in ${language} for ${viewer ?? 'nobody'}`;
              const allowed = [direct.body];
              // What a viewer was given may be kept for that viewer as long as hints say, unless a permission took part.
              if (isAfter && !isMarked && (kind === 'private' || !isPrivate)) allowed.push(before.get(name) ?? '');
              if (!isAfter) before.set(name, direct.body);
              if (!allowed.includes(through.body)) wrong.push(`${name}: ${through.body} instead of ${direct.body} (${through.headers['cache-control'] ?? 'nothing said'})`);
            }
          }
        }
      }
    };
    for (let time = 0; time < 2; time++) {
      await round(false);
      world.now += 5_000;
    }
    // Ann's session ends, and Bob is staff no more.
    world.sessions.delete('ann');
    world.sessions.set('bob', { user: 'bob', isStaff: false });
    await round(true);
    expect(wrong).toEqual([]);
    const used = [...caches.values()].reduce((sum, { hits, validated }) => sum + hits + validated, 0);
    if (setup.by === 'handler' && (setup.downstream !== 'cdn' || kind === 'shared')) expect(used).toBeGreaterThan(0);
  });

  it('extends what middleware says in Vary', async () => {
    const world = await open(setup);
    for (let time = 0; time < 3; time++) {
      const { headers } = await ask(world, { url: address('{ shop }'), headers: { 'x-tenant': 'red', 'accept-language': 'de' } });
      expect(headers['vary']).toContain('Origin');
      if (headers['cache-control'] !== 'no-store') expect(headers['vary']).toMatch(/Accept.*Larder-After.*X-Tenant.*Authorization.*Accept-Language/);
    }
  });
});

describe.each(['cdn', 'all'] as const)('what plugins add to an answer, in the mode %s', (downstream) => {
  const willSend = (add: (response: GraphQLRequestContextWillSendResponse<Context>['response']) => void, when: Promise<void> | null = null): ApolloServerPlugin<Context> => ({
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: async ({ response }) => {
          if (when !== null) await when;
          add(response);
        },
      }),
  });
  const extend = ({ body }: { body: GraphQLRequestContextWillSendResponse<Context>['response']['body'] }): void => {
    if (body.kind === 'single') body.singleResult.extensions = { quota: 3 };
  };
  const later = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it.each([
    ['extensions', willSend(extend)],
    ['extensions, later', { requestDidStart: () => Promise.resolve({ willSendResponse: async ({ response }) => { await later(); extend(response); } }) } satisfies ApolloServerPlugin<Context>],
    ['no-store', willSend(({ http }) => http.headers.set('cache-control', 'no-store'))],
    ['a cookie', willSend(({ http }) => http.headers.set('set-cookie', 'session=ann'))],
  ])('P9: keeps the answer out of other caches, wherever the plugin stands: %s', async (_, plugin) => {
    for (const isFirst of [true, false]) {
      const world = await open({ downstream, by: 'handler', executesUnstored: false }, undefined, (own) => (isFirst ? [plugin, own] : [own, plugin]));
      for (let time = 0; time < 3; time++) expect((await ask(world, { url: address('{ shop }'), headers: { 'x-tenant': 'red', 'accept-language': 'de' } })).headers['cache-control']).toBe('no-store');
      await close?.();
      close = null;
    }
  });

  it('extends what they say in Vary, and lets the answer be kept', async () => {
    const world = await open({ downstream, by: 'handler', executesUnstored: false }, undefined, (own) => [own, willSend(({ http }) => http.headers.set('vary', 'X-Quota'))]);
    for (let time = 0; time < 3; time++) {
      const { headers } = await ask(world, { url: address('{ shop }'), headers: { 'x-tenant': 'red', 'accept-language': 'de' } });
      expect(headers['vary']).toMatch(/X-Quota.*X-Tenant/);
      expect(headers['cache-control']).toMatch(/^public/);
    }
  });
});

describe.each(['cdn', 'all'] as const)('what middleware has said, in the mode %s', (downstream) => {
  it.each([
    ['a cookie', (_: IncomingMessage, res: ServerResponse) => void res.setHeader('Set-Cookie', 'session=ann')],
    ['no-store', (_: IncomingMessage, res: ServerResponse) => void res.setHeader('Cache-Control', 'no-store')],
    ['private', (_: IncomingMessage, res: ServerResponse) => void res.setHeader('Cache-Control', 'private, max-age=5')],
  ])('keeps an answer out of shared caches: %s', async (_, middleware) => {
    const world = await open({ downstream, by: 'handler', executesUnstored: false }, middleware);
    for (let time = 0; time < 3; time++) expect((await ask(world, { url: address('{ shop }'), headers: { 'x-tenant': 'red', 'accept-language': 'de' } })).headers['cache-control']).toBe('no-store');
  });
});
