import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../src/cache/index.js';
import { backends, type Running } from '../support/backends.js';
import { decisionsDuring } from '../support/decisions.js';

const QUERY = '{ topMedicines(first: 20) { id name price { amount currency } category { name } } categories { slug } }';

describe.each(backends)('HTTP about what is cached, on $name', (backend) => {
  let running: Running;
  let staff: string;

  beforeAll(async () => {
    running = await backend.start();
    staff = await running.client.token('staff@downtown.example');
  });
  afterAll(() => running.close());

  const here = { tenant: 'downtown' };
  /** Until it is known, and all of it stored. */
  const warm = async (query: string, options: Parameters<typeof running.client.request>[1] = here): Promise<void> => {
    for (let time = 0; time < 2; time++) {
      await running.client.request(query, options);
      await running.settled();
    }
  };
  const get = (query: string, headers: Record<string, string> = {}) =>
    fetch(`${running.client.url}/graphql?${String(new URLSearchParams({ query }))}`, { headers: { accept: 'application/json', 'x-tenant': 'downtown', 'accept-encoding': 'identity', ...headers } });

  it('C1: a hit executes nothing and asks no database, and says what it is', () =>
    running.whileTrusted(async () => {
      await warm(QUERY);
      const { events } = await decisionsDuring(running.app.cache, async () => {
        const { headers, data } = await running.client.request(QUERY, here);
        expect(headers.get('cache-status')).toMatch(/^Larder; hit; ttl=\d+$/);
        expect(headers.get('cache-control')).toBe('no-cache');
        expect(headers.get('age')).toMatch(/^\d+$/);
        expect(headers.get('vary')).toContain('Authorization');
        expect(data).toMatchObject({ topMedicines: { length: 20 } });
      });
      expect(events.filter(({ type }) => type === 'hit').map((event) => ('of' in event ? event.of.subject.name : ''))).toEqual(['Query.topMedicines', 'Query.categories']);
    }));

  it('says so of what a query brings that nobody sent before, unless it is sent with others', () =>
    running.whileTrusted(async () => {
      await running.app.cache.invalidate([EVERYTHING]);
      await running.settled();
      const of = async (query: string): Promise<string | null> => {
        const { headers } = await running.client.request(query, here);
        await running.settled();
        expect(headers.get('cache-control')).toBe('no-store');
        return headers.get('cache-status');
      };
      const name = (text: string): string => `${text} # ${String(performance.now())}`;
      expect(await of(name('{ categories { slug } }'))).toBe('Larder; fwd=miss; stored');
      expect(await of(name('{ categories { slug } }'))).toMatch(/^Larder; hit; ttl=\d+$/);
      expect(await of(name('{ categories { slug } viewer { email } }'))).toBe('Larder; fwd=partial');
      const batch = JSON.stringify([1, 2].map(() => ({ query: '{ categories { slug } }' })));
      const { headers } = await fetch(`${running.client.url}/graphql`, { method: 'POST', body: batch, headers: { 'content-type': 'application/json', 'x-tenant': 'downtown' } });
      expect(headers.get('cache-status')).toBeNull();
    }));

  it('what was never asked, what is partly stored and what is never stored say so', () =>
    running.whileTrusted(async () => {
      await warm('{ categories { slug } }');
      await warm('{ t: __typename categories { slug } viewer { email } }');
      const mixed = await running.client.request('{ t: __typename categories { slug } viewer { email } }', here);
      expect([mixed.headers.get('cache-status'), mixed.headers.get('cache-control')]).toEqual(['Larder; fwd=partial', 'no-store']);
      const own = '{ viewer { email } }';
      await warm(own, { token: staff });
      const { headers } = await running.client.request(own, { token: staff });
      expect([headers.get('cache-status'), headers.get('cache-control')]).toEqual([expect.stringMatching(/^Larder; hit/), 'private, no-cache']);
    }));

  it('any error is not to be stored by anybody', async () => {
    const query = '{ categories { slug } lowStockCount }';
    for (const _ of ['cold', 'warm']) {
      const { headers, codes } = await running.client.request(query, here);
      expect([headers.get('cache-control'), headers.get('etag'), codes]).toEqual(['no-store', null, ['UNAUTHENTICATED']]);
    }
  });

  it('P3: an ETag answers 304 for the same key alone, and for nobody who may not ask', () =>
    running.whileTrusted(async () => {
      const query = '{ lowStockCount categories { slug } }';
      await warm(query, { token: staff });
      const authorization = `Bearer ${staff}`;
      const first = await get(query, { authorization });
      const etag = first.headers.get('etag') ?? '';
      expect(etag).toMatch(/^"[\w-]{22}"$/);
      const again = await get(query, { authorization, 'if-none-match': `"other", W/${etag}` });
      expect([again.status, await again.text(), again.headers.get('etag'), again.headers.get('cache-control')]).toEqual([304, '', etag, 'private, no-cache']);
      expect((await get(query, { 'if-none-match': etag, authorization: '' })).status).toBe(200);
      expect((await get(query, { 'if-none-match': etag, authorization: 'Bearer nonsense' })).status).toBe(401);
      expect((await get(query, { 'if-none-match': etag, authorization, 'x-tenant': 'riverside' })).status).toBe(200);
      // For a POST it would be a condition that failed.
      expect((await running.client.request(query, { token: staff, headers: { 'if-none-match': etag } })).status).toBe(200);
    }));

  it('a body is compressed as the client takes it, each form with a tag of its own', () =>
    running.whileTrusted(async () => {
      await warm(QUERY);
      const plain = await get(QUERY);
      const text = await plain.text();
      const tags = new Set([plain.headers.get('etag')]);
      for (const [encoding, decompress] of [['br', brotliDecompressSync], ['gzip', gunzipSync]] as const) {
        const { statusCode, headers, bytes } = await raw(running.client.url, QUERY, encoding);
        expect([statusCode, headers['content-encoding']]).toEqual([200, encoding]);
        expect(decompress(bytes).toString()).toBe(text);
        tags.add(String(headers['etag']));
      }
      expect(tags.size).toBe(3);
    }));

  it('F3: after a mutation the very next answer has another tag', async () => {
    const query = '{ medicines(first: 2) { edges { node { id price { amount } } } } }';
    const admin = await running.client.token('admin@downtown.example');
    await warm(query);
    const before = await get(query);
    const { data } = (await before.json()) as { data: { medicines: { edges: { node: { id: string; price: { amount: number } } }[] } } };
    const [first] = data.medicines.edges;
    const input = { id: first?.node.id, priceAmount: (first?.node.price.amount ?? 0) + 1 };
    await running.client.data('mutation ($input: UpdateMedicineInput!) { updateMedicine(input: $input) { id } }', { token: admin, variables: { input } });
    const after = await get(query, { 'if-none-match': before.headers.get('etag') ?? '' });
    expect(after.status).toBe(200);
    expect(await after.text()).toContain(`"amount":${input.priceAmount}`);
  });

  it('limits and syntax are judged as if nothing were stored', async () => {
    await warm(QUERY);
    expect((await running.client.request(QUERY, { ...here, headers: { accept: 'text/html' } })).status).toBe(406);
    expect((await running.client.request(QUERY, { ...here, body: { variables: 'none' } })).status).toBe(400);
    expect((await running.client.request(QUERY, { tenant: 'nowhere' })).codes).toEqual(['TENANT_NOT_FOUND']);
    const typed = 'query ($first: Int!) { topMedicines(first: $first) { id } }';
    await warm(typed, { ...here, variables: { first: 1 } });
    expect((await running.client.request(typed, { ...here, variables: { first: 'one' } })).codes).toEqual(['BAD_USER_INPUT']);
    expect((await running.client.request(typed, { ...here, variables: { first: 201 } })).codes).not.toEqual([]);
  });
});

describe.each(['cdn', 'all'])('HTTP_DOWNSTREAM_CACHE=%s', (mode) => {
  it('tells shared caches, or all, how long an answer is good, from when its oldest part was read', async () => {
    const running = await backends[0]!.start({ env: { HTTP_DOWNSTREAM_CACHE: mode, HTTP_CACHE_TAG_BYTES: '4096' } });
    try {
      for (let time = 0; time < 2; time++) {
        await running.client.request('{ categories { slug } }', { tenant: 'downtown' });
        await running.settled();
      }
      const { headers } = await running.client.request('{ categories { slug } }', { tenant: 'downtown' });
      const [, seconds] = (mode === 'cdn' ? /^public, max-age=0, s-maxage=(\d+)$/ : /^public, max-age=(\d+)$/).exec(headers.get('cache-control') ?? '') ?? [];
      // A day, less what lifetimes differ by and the test has taken.
      expect(Number(seconds)).toBeGreaterThan(0.95 * 86_400 - 60);
      expect(Number(seconds)).toBeLessThanOrEqual(86_400);
      const tags = (headers.get('cache-tag') ?? '').split(',');
      expect(tags.slice(-2)).toEqual([expect.stringMatching(/^t\/[0-9a-f-]{36}\/categories$/), expect.stringMatching(/^t\/[0-9a-f-]{36}$/)]);
    } finally {
      await running.close();
    }
  });
});

/** As it comes over the wire: `fetch` would decompress it. */
async function raw(url: string, query: string, encoding: string) {
  const { request } = await import('node:http');
  return new Promise<{ statusCode: number | undefined; headers: Record<string, unknown>; bytes: Buffer }>((resolve, reject) => {
    const sent = request(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-tenant': 'downtown', 'accept-encoding': encoding } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ statusCode: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) }));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}
