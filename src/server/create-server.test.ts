import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import type { FastifyInstance } from 'fastify';
import { GraphQLInt, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config.js';
import { LarderError } from '../graphql/errors.js';
import { createServer, type ServerOptions } from './create-server.js';
import type { IncomingRequest } from './arrival.js';
import { createLogger } from './logger.js';

class DrizzleQueryError extends Error {}

const fail = (error: Error) => (): never => {
  throw error;
};

const schema = new GraphQLSchema({
  query: new GraphQLObjectType<unknown, IncomingRequest>({
    name: 'Query',
    fields: {
      token: { type: GraphQLString, resolve: (_, __, request) => request.credentials.token },
      tenant: { type: GraphQLString, resolve: (_, __, request) => request.credentials.tenantSlug },
      languages: { type: GraphQLString, resolve: (_, __, request) => request.credentials.acceptedLanguages.join() },
      forbidden: { type: GraphQLString, resolve: fail(new LarderError('FORBIDDEN', 'Not for you.')) },
      broken: {
        type: GraphQLString,
        resolve: fail(new DrizzleQueryError('Failed query: select "secret_column"\nparams: hunter2')),
      },
      away: { type: GraphQLString, resolve: fail(new Error('ECONNREFUSED 10.0.0.1')) },
      double: {
        type: GraphQLInt,
        args: { of: { type: new GraphQLNonNull(GraphQLInt) } },
        resolve: (_, { of }: { of: number }) => of * 2,
      },
    },
  }),
});

type Served = Awaited<ReturnType<typeof createServer<IncomingRequest>>>;

const started: FastifyInstance[] = [];
let log: string[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
  log = [];
});

async function serve(
  env: Record<string, string> = {},
  options: Partial<ServerOptions<IncomingRequest>> = {},
): Promise<Served> {
  const server = await createServer<IncomingRequest>({
    config: loadConfig({ NODE_ENV: 'test', ...env }),
    logger: createLogger({ level: 'debug', pretty: false, requestShare: 1 }, { write: (line) => void log.push(line) }),
    schema,
    apolloCache: new InMemoryLRUCache(),
    plugins: [],
    context: (request) => Promise.resolve(request),
    ready: () => Promise.resolve({ ready: true, checks: { database: 'ok' } }),
    operations: [{ name: 'double', query: '{ double(of: 21) }', variables: null, headers: { 'X-Tenant': 'downtown' } }],
    isUnavailable: (error) => error instanceof Error && error.message.startsWith('ECONNREFUSED'),
    ...options,
  });
  started.push(server);
  return server;
}

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: string[]; extensions: Record<string, unknown> }[];
}

async function ask(
  server: FastifyInstance,
  query: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Answer; text: string; headers: Record<string, unknown> }> {
  const response = await server.inject({ method: 'POST', url: '/graphql', payload: { query }, headers });
  return { status: response.statusCode, body: response.json<Answer>(), text: response.body, headers: response.headers };
}

describe('a request', () => {
  it('is answered', async () => {
    expect(await ask(await serve(), '{ double(of: 21) }')).toMatchObject({ status: 200, body: { data: { double: 42 } } });
  });

  it('keeps the id it came with, if that can stand in a log, and else gets one', async () => {
    const server = await serve();
    expect((await ask(server, '{ tenant }', { 'x-request-id': 'abc-123' })).headers['x-request-id']).toBe('abc-123');
    const { headers } = await ask(server, '{ tenant }', { 'x-request-id': 'a b"\u00e9' });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(log.filter((line) => line.includes('"reqId":"abc-123"') && line.includes('"path":"/graphql"'))).toHaveLength(1);
  });

  it('hands its credentials over as plain data', async () => {
    const headers = {
      authorization: 'Bearer abc.DEF-123_~+/=',
      'x-tenant': 'downtown',
      'accept-language': 'de;q=0.5, fr-CA, *;q=0.1',
    };
    const { body } = await ask(await serve(), '{ token tenant languages }', headers);
    expect(body.data).toEqual({ token: 'abc.DEF-123_~+/=', tenant: 'downtown', languages: 'fr-CA,de,*' });
    expect((await ask(await serve(), '{ token tenant languages }')).body.data).toEqual({
      token: null,
      tenant: null,
      languages: '',
    });
  });

  it.each([
    [{ authorization: 'Basic dXNlcjpwYXNz' }, 401, 'SESSION_INVALID'],
    [{ authorization: 'Bearer two words' }, 401, 'SESSION_INVALID'],
    [{ 'x-tenant': 'Down_Town' }, 404, 'TENANT_NOT_FOUND'],
    [{ 'x-tenant': 'a'.repeat(64) }, 404, 'TENANT_NOT_FOUND'],
  ])('with %j is refused', async (headers, status, code) => {
    const { body, ...answer } = await ask(await serve(), '{ tenant }', headers);
    expect(answer.status).toBe(status);
    expect(body.data).toBeUndefined();
    expect(body.errors?.[0]?.extensions['code']).toBe(code);
  });

  it('leaves no secret in the log', async () => {
    const server = await serve();
    await ask(server, '{ broken }', { authorization: 'Bearer hunter2', cookie: 'hunter2' });
    await server.inject({ url: '/graphql?query={tenant}&password=hunter2', headers: { 'x-tenant': 'downtown' } });
    createLogger({ level: 'info', pretty: false, requestShare: 1 }, { write: (line) => void log.push(line) }).info({
      user: { password: 'hunter2' },
      token: 'hunter2',
    });
    expect(log.length).toBeGreaterThanOrEqual(4);
    expect(log.join()).not.toContain('hunter2');
  });
});

describe('an error', () => {
  it('that is meant for the caller is shown as it is', async () => {
    const { body } = await ask(await serve(), '{ forbidden }');
    expect(body.errors).toMatchObject([{ message: 'Not for you.', path: ['forbidden'], extensions: { code: 'FORBIDDEN' } }]);
  });

  it('of any other kind is logged, and the caller gets only the request id', async () => {
    const { body, text } = await ask(await serve(), '{ broken }', { 'x-request-id': 'id-1' });
    expect(body.errors).toMatchObject([
      { message: 'Internal server error', path: ['broken'], extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'id-1' } },
    ]);
    expect(text).not.toMatch(/secret_column|stacktrace|Drizzle/);
    const line = log.find((entry) => entry.includes('a field failed'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      reqId: 'id-1',
      path: 'broken',
      err: { type: 'DrizzleQueryError', message: 'Failed query: select "secret_column"' },
    });
  });

  it('that means an outage says so, and no more', async () => {
    const { body } = await ask(await serve(), '{ away }');
    expect(body.errors).toMatchObject([
      { message: 'The database cannot be reached at the moment.', extensions: { code: 'SERVICE_UNAVAILABLE' } },
    ]);
  });

  it('while the request is prepared is the answer to all of it', async () => {
    const context = (error: Error) => (): Promise<never> => Promise.reject(error);
    const outage = await serve({}, { context: context(new Error('ECONNREFUSED')) });
    expect(await ask(outage, '{ tenant }')).toMatchObject({
      status: 503,
      body: { errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
    });
    const broken = await serve({}, { context: context(new Error('secret')) });
    const answer = await ask(broken, '{ tenant }', { 'x-request-id': 'id-2' });
    expect(answer).toMatchObject({
      status: 500,
      body: { errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'id-2' } }] },
    });
    expect(answer.text).not.toContain('secret');
    expect(log.some((line) => line.includes('the request could not be prepared') && line.includes('id-2'))).toBe(true);
  });

  it.each([
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{', 'GRAPHQL_PARSE_FAILED'],
  ])('in the document "%s" has its code', async (query, code) => {
    expect(await ask(await serve(), query)).toMatchObject({ status: 400, body: { errors: [{ extensions: { code } }] } });
  });

  it('outside GraphQL has the same shape', async () => {
    const server = await serve({ HTTP_BODY_LIMIT_BYTES: '1024' });
    const large = await ask(server, `{ tenant } #${'x'.repeat(2000)}`);
    expect(large).toMatchObject({ status: 413, body: { errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] } });
    const malformed = await server.inject({
      method: 'POST',
      url: '/graphql',
      payload: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect([malformed.statusCode, malformed.json()]).toMatchObject([400, { errors: [{ extensions: { code: 'BAD_REQUEST' } }] }]);
    const nowhere = await server.inject('/');
    expect([nowhere.statusCode, nowhere.json()]).toMatchObject([404, { errors: [{ extensions: { code: 'NOT_FOUND' } }] }]);
  });
});

describe('browsers', () => {
  it('cannot be made to send operations by a form or a link', async () => {
    const server = await serve();
    const form = await server.inject({
      method: 'POST',
      url: '/graphql',
      payload: '{"query":"{ tenant }"}',
      headers: { 'content-type': 'text/plain' },
    });
    const link = await server.inject('/graphql?query={tenant}');
    expect([form.statusCode, link.statusCode]).toEqual([415, 400]);
    const program = await server.inject({ url: '/graphql?query={tenant}', headers: { 'x-tenant': 'downtown' } });
    expect(program.json()).toEqual({ data: { tenant: 'downtown' } });
  });

  it('several operations in one body are refused', async () => {
    const response = await (await serve()).inject({ method: 'POST', url: '/graphql', payload: [{ query: '{ tenant }' }] });
    expect(response.statusCode).toBe(400);
  });

  it('of configured origins may call and read the headers', async () => {
    const server = await serve({ CORS_ORIGINS: 'https://shop.example' });
    const from = async (origin: string): Promise<unknown> =>
      (await ask(server, '{ tenant }', { origin })).headers['access-control-allow-origin'];
    expect(await from('https://shop.example')).toBe('https://shop.example');
    expect(await from('https://evil.example')).toBeUndefined();
    const { headers } = await ask(server, '{ tenant }', { origin: 'https://shop.example' });
    expect(headers['access-control-expose-headers']).toBe('Age, Cache-Status, Cache-Tag, ETag, Larder-Position, Retry-After, X-Request-Id');
    const asked = {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-tenant',
    };
    expect(
      (await server.inject({ method: 'OPTIONS', url: '/graphql', headers: asked })).headers['access-control-allow-headers'],
    ).toBe('x-tenant');
  });

  it('of no other origin may call unless configured', async () => {
    expect((await ask(await serve(), '{ tenant }', { origin: 'https://shop.example' })).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
  });

  it('are told to run nothing, frame nothing and keep nothing', async () => {
    const { headers } = await ask(await serve(), '{ tenant }');
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'SAMEORIGIN',
      'cross-origin-resource-policy': 'same-origin',
      'strict-transport-security': expect.stringMatching(/^max-age=31536000/) as string,
      'cache-control': 'no-store',
    });
    for (const name of OF_DOCUMENTS) expect(headers).not.toHaveProperty(name);
  });
});

/** What browsers are told of pages alone. */
const OF_DOCUMENTS = ['cross-origin-opener-policy', 'origin-agent-cluster', 'referrer-policy', 'x-dns-prefetch-control', 'x-download-options', 'x-permitted-cross-domain-policies', 'x-xss-protection'];

describe('the playground', () => {
  const page = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

  it('is for those who ask for a page; with an ETag, compressed, its own scripts only', async () => {
    const server = await serve();
    const response = await server.inject({ url: '/graphql', headers: { ...page, 'accept-encoding': 'gzip, br' } });
    expect(response.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-encoding': 'br',
      'cache-control': 'no-cache',
    });
    expect(response.headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'sha256-[^']+'; .*connect-src 'self'/,
    );
    for (const name of [...OF_DOCUMENTS, 'x-content-type-options', 'x-frame-options']) expect(response.headers).toHaveProperty(name);
    expect(brotliDecompressSync(response.rawPayload).toString()).toContain('double(of: 21)');
    const again = await server.inject({
      url: '/graphql',
      headers: { ...page, 'accept-encoding': 'br', 'if-none-match': String(response.headers.etag) },
    });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  it.each([
    { accept: '*/*', 'x-tenant': 'a' },
    { accept: 'application/json', 'x-tenant': 'a' },
  ])('is not for %j', async (headers) => {
    const response = await (await serve()).inject({ url: '/graphql?query={tenant}', headers });
    expect(response.json()).toEqual({ data: { tenant: 'a' } });
  });

  it('is off in production, and so is introspection', async () => {
    const server = await serve({ NODE_ENV: 'production' });
    expect((await server.inject({ url: '/graphql', headers: page })).headers['content-type']).not.toContain('html');
    expect((await ask(server, '{ __schema { queryType { name } } }')).status).toBe(400);
    expect((await ask(server, '{ tenan }')).text).not.toContain('Did you mean');
  });
});

/** Asks over one connection, and says whether that is left open. */
function askOver(agent: Agent, url: string): Promise<{ status: number; connection: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}/graphql`, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, connection: response.headers.connection, body }));
    });
    request.on('error', reject).end('{"query":"{ double(of: 21) }"}');
  });
}

describe('retiring', () => {
  it('goes on answering, and each answer ends its connection, those under way included', async () => {
    const held = holding();
    const server = await serve({}, { context: held.context });
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const agent = new Agent({ keepAlive: true });
    held.release();
    expect((await askOver(agent, url)).connection).toBe('keep-alive');
    held.hold();
    const underWay = askOver(agent, url);
    await held.arrived();
    server.retire();
    held.release();
    for (const answer of [await underWay, await askOver(agent, url), await askOver(agent, url)]) {
      expect(answer).toMatchObject({ status: 200, connection: 'close', body: expect.stringContaining('42') as string });
    }
    agent.destroy();
  });
});

/** A context whose requests wait for as long as they are held. */
function holding() {
  let gate = Promise.resolve();
  let open = (): void => undefined;
  let arrive = (): void => undefined;
  let arrival = Promise.resolve();
  const hold = (): void => {
    gate = new Promise((resolve) => (open = resolve));
    arrival = new Promise((resolve) => (arrive = resolve));
  };
  hold();
  const context = async (request: IncomingRequest): Promise<IncomingRequest> => {
    arrive();
    await gate;
    return request;
  };
  return { context, hold, release: () => open(), arrived: () => arrival };
}

describe('closing', () => {
  it('answers what comes on an open connection, and is not held up by one that asks for nothing', async () => {
    const server = await serve();
    const url = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
    const silent = connect(Number(url.port), url.hostname);
    const asking = connect(Number(url.port), url.hostname);
    const accepted = new Promise<void>((resolve) => {
      let count = 0;
      server.server.on('connection', () => ++count === 2 && resolve());
    });
    await accepted;
    let came = '';
    asking.setEncoding('utf8').on('data', (text: string) => (came += text));
    const closed = server.close();
    const body = '{"query":"{ double(of: 21) }"}';
    asking.write(`POST /graphql HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    await once(asking, 'close');
    expect(came).toMatch(/^HTTP\/1\.1 200 [^]*connection: close[^]*"double":42/i);
    await closed;
    silent.destroy();
  });

  it('finishes what is under way and accepts no new connection', async () => {
    let arrive!: () => void;
    let go!: () => void;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const released = new Promise<void>((resolve) => (go = resolve));
    const context = async (request: IncomingRequest): Promise<IncomingRequest> => {
      arrive();
      await released;
      return request;
    };
    const server = await serve({}, { context });
    const url = `${await server.listen({ host: '127.0.0.1', port: 0 })}/graphql`;
    const send = (): Promise<Response> =>
      fetch(url, {
        method: 'POST',
        body: '{"query":"{ double(of: 21) }"}',
        headers: { 'content-type': 'application/json', connection: 'close' },
      });
    const underWay = send();
    await arrived;
    const closed = server.close();
    await expect(send()).rejects.toThrow('fetch failed');
    go();
    expect(await (await underWay).json()).toEqual({ data: { double: 42 } });
    await closed;
  });
});

describe('health', () => {
  it('live says that the process answers', async () => {
    const response = await (await serve()).inject('/health/live');
    expect([response.statusCode, response.json()]).toEqual([200, { status: 'live' }]);
  });

  it.each([
    [() => Promise.resolve({ ready: true, checks: { database: 'ok' } }), 200, { status: 'ready', checks: { database: 'ok' } }],
    [
      () => Promise.resolve({ ready: false, checks: { database: 'away' } }),
      503,
      { status: 'not ready', checks: { database: 'away' } },
    ],
    [() => Promise.reject(new Error('secret')), 503, { status: 'not ready', checks: {} }],
  ])('ready says what is the matter (%#)', async (ready, status, body) => {
    const response = await (await serve({}, { ready })).inject('/health/ready');
    expect([response.statusCode, response.json()]).toEqual([status, body]);
  });
});
