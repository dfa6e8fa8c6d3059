import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { backends, type Running } from '../support/backends.js';
import type { Reply } from '../support/client.js';

const TOKEN = 'a-token-for-prometheus';

describe.each(backends)('health and metrics, on $name', (backend) => {
  let running: Running;
  let closed: Running;

  beforeAll(async () => {
    running = await backend.start();
    closed = await backend.start({ env: { METRICS_TOKEN: TOKEN } });
  });
  afterAll(() => Promise.all([running.close(), closed.close()]));

  const scrape = async (from: Running = running, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> => {
    const response = await fetch(`${from.client.url}/metrics`, { headers });
    return { status: response.status, text: await response.text() };
  };
  /** Sum of all series of a metric whose labels contain these. */
  const total = (text: string, name: string, labels: Readonly<Record<string, string>> = {}): number =>
    text
      .split('\n')
      .filter((line) => new RegExp(`^${name}(\\{|\\s)`).test(line) && Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`)))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);

  it('ready: the database answers, migrations are done, the ledger is loaded; with its position and lag', async () => {
    await running.settled();
    const response = await fetch(`${running.client.url}/health/ready`);
    const body = (await response.json()) as { ledger: { position: number; lag: number } };
    expect({ status: response.status, body }).toMatchObject({
      status: 200,
      body: { status: 'ready', checks: { database: 'ok', migrations: 'ok', ledger: 'ok' }, ledger: { kind: backend.redis ? 'redis' : 'memory', pending: 0 } },
    });
    expect(body.ledger.lag).toBeGreaterThanOrEqual(0);
    await running.change(async (tx) => void (await tx.execute('update medicines set price_minor = price_minor where rank = 1')));
    const after = (await (await fetch(`${running.client.url}/health/ready`)).json()) as typeof body;
    expect(after.ledger.position).toBeGreaterThan(body.ledger.position);
  });

  it('metrics count what the cache and HTTP did, by labels of which there are few', async () => {
    const before = (await scrape()).text;
    await running.client.data('{ topMedicines(first: 3) { id } }', { tenant: 'downtown' });
    await running.whileTrusted(() => running.client.data('{ topMedicines(first: 3) { id } }', { tenant: 'downtown' }));
    await fetch(`${running.client.url}/no/${'x'.repeat(20)}`);
    const { status, text } = await scrape();
    expect(status).toBe(200);
    const grown = (name: string, labels: Record<string, string>): number => total(text, name, labels) - total(before, name, labels);
    expect(grown('larder_cache_operations_total', { layer: 'response', profile: 'list', outcome: 'hits' })).toBeGreaterThan(0);
    expect(grown('larder_cache_operations_total', { layer: 'response', profile: 'list', outcome: 'misses' })).toBeGreaterThan(0);
    expect(grown('larder_cache_loads_total', { layer: 'list' })).toBeGreaterThan(0);
    expect(grown('larder_http_request_duration_seconds_count', { route: '/graphql', method: 'POST', status: '200' })).toBeGreaterThanOrEqual(2);
    expect(grown('larder_http_request_duration_seconds_count', { route: 'other', status: '404' })).toBe(1);
    expect(total(text, 'larder_ledger_position')).toBe(running.app.cache.ledger.position);
    expect(total(text, 'larder_store_up', { store: backend.redis ? 'redis' : 'memory' })).toBe(1);
    expect(total(text, 'larder_store_bytes', { store: 'memory' })).toBeGreaterThan(0);
    expect(total(text, 'process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(text).not.toMatch(/downtown|riverside|[0-9a-f]{8}-[0-9a-f]{4}-|xxxxx/);
  });

  it('metrics are for those who have the token, where there is one', async () => {
    expect(await scrape(closed)).toMatchObject({ status: 401, text: expect.stringContaining('UNAUTHENTICATED') as string });
    expect((await scrape(closed, { authorization: `Bearer ${TOKEN}x` })).status).toBe(401);
    expect((await scrape(closed, { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
  });
});

describe.each(backends)('a server that is to stop, on $name', (backend) => {
  it('is not ready from then on, and answers until it closes, each connection once more', async () => {
    const running = await backend.start();
    try {
      await running.settled();
      const ask = (): Promise<Reply> => running.client.request('{ categories { slug } }', { tenant: 'downtown' });
      const before = await ask();
      expect((await fetch(`${running.client.url}/health/ready`)).status).toBe(200);
      running.app.retire();
      const readiness = await fetch(`${running.client.url}/health/ready`);
      expect({ status: readiness.status, body: (await readiness.json()) as unknown }).toMatchObject({ status: 503, body: { status: 'not ready', checks: { service: expect.stringContaining('stopping') as string } } });
      for (let times = 0; times < 3; times++) {
        const { status, text, headers } = await ask();
        expect({ status, text, connection: headers.get('connection') }).toEqual({ status: 200, text: before.text, connection: 'close' });
      }
      expect((await fetch(`${running.client.url}/health/live`)).status).toBe(200);
    } finally {
      await running.close();
    }
  });
});

describe.each(backends)('in production, on $name', (backend) => {
  let running: Running;

  beforeAll(async () => {
    running = await backend.start({ env: { NODE_ENV: 'production', CORS_ORIGINS: 'https://shop.example' } });
  });
  afterAll(() => running.close());

  it('there are neither metrics nor GraphiQL nor introspection unless they are switched on', async () => {
    expect((await fetch(`${running.client.url}/metrics`)).status).toBe(404);
    const page = await fetch(`${running.client.url}/graphql`, { headers: { accept: 'text/html' } });
    expect({ status: page.status, type: page.headers.get('content-type') }).toMatchObject({ status: 400, type: expect.stringContaining('json') as string });
    for (const query of ['{ __schema { queryType { name } } }', '{ __type(name: "Query") { name } }']) {
      expect(await running.client.request(query)).toMatchObject({ status: 400, codes: ['GRAPHQL_VALIDATION_FAILED'] });
    }
    expect((await running.client.request('{ categorie { id } }')).text).not.toContain('Did you mean');
  });

  it('pages of the configured origin may ask, and read the headers; others may not', async () => {
    const from = async (origin: string): Promise<Headers> => (await running.client.request('{ categories { slug } }', { tenant: 'downtown', headers: { origin } })).headers;
    const allowed = await from('https://shop.example');
    expect(allowed.get('access-control-allow-origin')).toBe('https://shop.example');
    for (const name of ['Age', 'Cache-Status', 'ETag', 'Larder-Position', 'Retry-After', 'X-Request-Id']) expect(allowed.get('access-control-expose-headers')).toContain(name);
    expect((await from('https://evil.example')).get('access-control-allow-origin')).toBeNull();
    for (const [name, value] of [['x-content-type-options', 'nosniff'], ['content-security-policy', "default-src 'none';frame-ancestors 'none'"], ['x-frame-options', 'SAMEORIGIN']] as const) {
      expect(allowed.get(name)).toBe(value);
    }
    expect(allowed.get('strict-transport-security')).not.toBeNull();
  });
});

describe.each(backends)('persisted operations, on $name', (backend) => {
  const REGISTERED = 'query Categories { categories { slug } }';
  const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
  const byHash = (hash: string) => ({ tenant: 'downtown', body: { extensions: { persistedQuery: { version: 1, sha256Hash: hash } } } });
  let directory: string;
  let only: Running;
  let prefer: Running;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'larder-manifest-'));
    const relay = join(directory, 'relay.json');
    const apollo = join(directory, 'apollo.json');
    await writeFile(relay, JSON.stringify({ [hashOf(REGISTERED)]: REGISTERED, short: REGISTERED }));
    const operations = [{ id: hashOf(REGISTERED), name: 'Categories', type: 'query', body: REGISTERED }];
    await writeFile(apollo, JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations }));
    only = await backend.start({ env: { PERSISTED_OPERATIONS: 'only', PERSISTED_OPERATIONS_MANIFEST: relay } });
    prefer = await backend.start({ env: { PERSISTED_OPERATIONS: 'prefer', PERSISTED_OPERATIONS_MANIFEST: apollo } });
  });
  afterAll(async () => {
    await Promise.all([only.close(), prefer.close()]);
    await rm(directory, { recursive: true, force: true });
  });

  it('only: what is registered is answered, by its hash or as text, by POST and GET; nothing else is', async () => {
    const expected = await prefer.client.data(REGISTERED, { tenant: 'downtown' });
    const answers: Reply[] = [
      await only.client.request(undefined, byHash(hashOf(REGISTERED))),
      await only.client.request(undefined, byHash('short')),
      await only.client.request(REGISTERED, { tenant: 'downtown' }),
      await only.client.request(REGISTERED, byHash(hashOf(REGISTERED))),
      await only.client.get({ extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash: hashOf(REGISTERED) } }) }, { tenant: 'downtown' }),
    ];
    for (const { data, codes } of answers) expect({ data, codes }).toEqual({ data: expected, codes: [] });
    const other = '{ categories { id } }';
    const refusals: Reply[] = [
      await only.client.request(other, { tenant: 'downtown' }),
      await only.client.request(other, byHash(hashOf(other))),
      await only.client.request(undefined, byHash(hashOf(other))),
      await only.client.request('{ nothing }', { tenant: 'downtown' }),
      await only.client.get({ query: other }, { tenant: 'downtown' }),
    ];
    for (const { status, codes } of refusals) expect({ status, codes }).toEqual({ status: 400, codes: ['OPERATION_NOT_REGISTERED'] });
  });

  it('prefer: what is registered is known from the start, everything else as without', async () => {
    expect((await prefer.client.request(undefined, byHash(hashOf(REGISTERED)))).codes).toEqual([]);
    const other = '{ categories { id } }';
    expect((await prefer.client.request(undefined, byHash(hashOf(other)))).codes).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
    expect((await prefer.client.request(other, byHash(hashOf(other)))).codes).toEqual([]);
    expect((await prefer.client.request(undefined, byHash(hashOf(other)))).codes).toEqual([]);
  });

  it.each([
    ['{', 'which is not JSON'],
    ['[]', 'which is no JSON object'],
    ['{}', 'which has no operation'],
    ['{"a":"{"}', 'where the document of a is not GraphQL'],
    ['{"a b":"{ viewer { id } }"}', 'where "a b" is no hash'],
    ['{"format":"other","operations":[]}', 'whose format is not known'],
  ])('a manifest %s stops the start with one sentence', async (text, reason) => {
    const path = join(directory, 'bad.json');
    await writeFile(path, text);
    const config = loadConfig({ NODE_ENV: 'test', PERSISTED_OPERATIONS: 'only', PERSISTED_OPERATIONS_MANIFEST: path });
    await expect(createApp(config)).rejects.toMatchObject({ name: 'ConfigError', message: `PERSISTED_OPERATIONS_MANIFEST is "${path}", ${reason}: give a JSON file that maps the hash of each operation to its document.` });
  });
});
