import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends, type Running } from '../support/backends.js';
import type { RequestOptions } from '../support/client.js';
import { decisionsDuring } from '../support/decisions.js';

const CATEGORIES = '{ categories { slug } }';

describe.each(backends)('GraphQL over HTTP, on $name', (backend) => {
  let running: Running;

  beforeAll(async () => {
    running = await backend.start();
  });
  afterAll(() => running.close());

  describe('an error has a code that stays the same', () => {
    it.each([
      ['TENANT_REQUIRED', 200, CATEGORIES, {}],
      ['TENANT_NOT_FOUND', 404, CATEGORIES, { tenant: 'nowhere' }],
      ['TENANT_NOT_FOUND', 404, CATEGORIES, { tenant: 'No Slug' }],
      ['SESSION_INVALID', 401, CATEGORIES, { tenant: 'downtown', headers: { authorization: 'Basic eDp5' } }],
      ['UNAUTHENTICATED', 200, '{ lowStockCount }', { tenant: 'downtown' }],
      ['GRAPHQL_PARSE_FAILED', 400, '{ categories ', {}],
      ['GRAPHQL_VALIDATION_FAILED', 400, '{ nothing }', {}],
      ['GRAPHQL_VALIDATION_FAILED', 400, '{ medicine { id } }', {}],
      ['BAD_USER_INPUT', 200, 'query ($first: Int) { topMedicines(first: $first) { id } }', { tenant: 'downtown', variables: { first: 0 } }],
      ['BAD_USER_INPUT', 400, 'query ($id: ID!) { medicine(id: $id) { id } }', { tenant: 'downtown', variables: {} }],
      ['OPERATION_RESOLUTION_FAILURE', 400, 'query A { viewer { id } } query B { viewer { id } }', {}],
      ['BAD_REQUEST', 400, '', {}],
    ] satisfies [string, number, string, RequestOptions][])('%s, with status %i', async (...[code, status, query, options]) => {
      const reply = await running.client.request(query, options);
      expect({ codes: reply.codes, status: reply.status }).toEqual({ codes: [code], status });
      expect(reply.text).not.toMatch(/stacktrace|node_modules/);
    });

    it('PAYLOAD_TOO_LARGE and BAD_REQUEST, before it is GraphQL', async () => {
      const large = await running.client.request(`# ${'x'.repeat(1_100_000)}\n{ viewer { id } }`);
      expect({ codes: large.codes, status: large.status }).toEqual({ codes: ['PAYLOAD_TOO_LARGE'], status: 413 });
      const response = await fetch(`${running.client.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    });

    it('F7: a root field that fails is null, and its siblings are answered and stored', async () => {
      const query = '{ topMedicines(first: 1) { name } lowStockCount }';
      const headers = { 'larder-explain': '1' };
      for (const outcome of ['miss', 'hit']) {
        const { status, data, errors, codes, text } = await running.client.request<{ topMedicines: { name: string }[] }>(query, { tenant: 'downtown', headers });
        expect({ status, codes, path: errors[0]?.path }).toEqual({ status: 200, codes: ['UNAUTHENTICATED'], path: ['lowStockCount'] });
        expect(data).toEqual({ topMedicines: [{ name: expect.any(String) as string }], lowStockCount: null });
        expect(JSON.parse(text)).toMatchObject({ extensions: { cache: { topMedicines: { layer: 'response', outcome } } } });
        await running.settled();
      }
    });

    it('a nullable field fails alone', async () => {
      const nullable = '{ medicines(first: 2) { edges { node { name stock { quantity } } } } }';
      const partial = await running.client.request<{ medicines: { edges: { node: { name: string; stock: null } }[] } }>(nullable, { tenant: 'downtown' });
      expect(partial.codes).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
      expect(partial.data?.medicines.edges.map(({ node }) => [typeof node.name, node.stock])).toEqual([
        ['string', null],
        ['string', null],
      ]);
    });
  });

  describe('persisted queries', () => {
    const query = '{ categories { id slug name } }';
    const extensions = { persistedQuery: { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') } };

    it('are unknown until a client has sent one with its hash, and then known by the hash alone', async () => {
      const byHash = () => running.client.request(undefined, { tenant: 'downtown', body: { extensions } });
      expect((await byHash()).codes).toEqual(['PERSISTED_QUERY_NOT_FOUND']);
      const whole = await running.client.request(query, { tenant: 'downtown', body: { extensions } });
      expect(whole.codes).toEqual([]);
      expect((await byHash()).data).toEqual(whole.data);
      const got = await running.client.get({ extensions: JSON.stringify(extensions) }, { tenant: 'riverside' });
      expect(got.codes).toEqual([]);
      expect(got.data).not.toEqual(whole.data);
    });

    it('are kept in the same stores as entries, under the same prefix', async () => {
      await running.client.request(query, { tenant: 'downtown', body: { extensions } });
      const kept = (await running.dump()).filter(({ text }) => text.includes(query.slice(2, -2)));
      expect(new Set(kept.map((one) => one.in))).toEqual(new Set(backend.redis ? ['memory', 'redis'] : ['memory']));
      for (const { key } of kept) expect(key).toContain(extensions.persistedQuery.sha256Hash);
    });

    it('are refused under a hash that is another text\'s', async () => {
      const { codes, data } = await running.client.request('{ viewer { id } }', { body: { extensions } });
      expect(codes).toHaveLength(1);
      expect(data).toBeNull();
    });
  });

  it('a query can be asked for with GET, a mutation cannot', async () => {
    const got = await running.client.get({ query: CATEGORIES }, { tenant: 'downtown' });
    expect(got.data).toEqual((await running.client.request(CATEGORIES, { tenant: 'downtown' })).data);
    expect((await running.client.get({ query: 'mutation { signOut }' }, { tenant: 'downtown' })).status).toBe(405);
    // What a form or a link of another site could make a browser send.
    expect((await running.client.get({ query: CATEGORIES })).status).toBe(400);
  });

  it('a reply is never to be kept by browsers or CDNs unasked, and names its request', async () => {
    for (const _ of ['cold', 'warm']) {
      const { headers } = await running.client.request(CATEGORIES, { tenant: 'downtown', headers: { 'x-request-id': 'asked-for' } });
      expect(headers.get('cache-control')).toMatch(/^no-(store|cache)$/);
      expect(headers.get('x-request-id')).toBe('asked-for');
    }
  });

  it('a mutation hands out the position from which on its change is seen', async () => {
    const token = await running.client.token('admin@downtown.example');
    const { topMedicines } = await running.client.data<{ topMedicines: { id: string }[] }>('{ topMedicines(first: 1) { id } }', { tenant: 'downtown' });
    const input = { id: topMedicines[0]?.id, priceAmount: 4_321 };
    const { headers } = await running.client.request('mutation ($input: UpdateMedicineInput!) { updateMedicine(input: $input) { id } }', { token, variables: { input } });
    const position = headers.get('larder-position') ?? '';
    expect(position).not.toBe('');
    for (const after of [position, 'malformed', 'bypass']) {
      const shown = await running.client.data('{ topMedicines(first: 1) { price { amount } } }', { tenant: 'downtown', headers: { 'larder-after': after } });
      expect(shown).toEqual({ topMedicines: [{ price: { amount: 4_321 } }] });
    }
    expect((await running.client.request(CATEGORIES, { tenant: 'downtown' })).headers.get('larder-position')).toBeNull();
  });

  it('it says whether it lives and is ready', async () => {
    for (const path of ['live', 'ready']) {
      const response = await fetch(`${running.client.url}/health/${path}`);
      expect({ status: response.status, body: (await response.json()) as unknown }).toMatchObject({ status: 200, body: { status: path } });
    }
  });
});

describe.each(backends)('with CACHE_ENABLED=false, on $name', (backend) => {
  let running: Running;

  beforeAll(async () => {
    running = await backend.start({ env: { CACHE_ENABLED: 'false' } });
  });
  afterAll(() => running.close());

  const QUERY = '{ topMedicines(first: 3) { id name price { amount } category { name } product { tradeName } } }';

  it('nothing is read from the cache and nothing stored', async () => {
    const first = await running.statements.during(() => running.client.data(QUERY, { tenant: 'downtown' }));
    const { hits, misses, stored, events } = await decisionsDuring(running.app.cache, () => running.client.data(QUERY, { tenant: 'downtown' }));
    const second = running.statements.take();
    expect(first.selects.length).toBeGreaterThan(0);
    expect(second.selects).toEqual(first.selects);
    expect({ hits, misses, stored }).toEqual({ hits: [], misses: [], stored: [] });
    expect(events.filter(({ type }) => type === 'bypass').length).toBeGreaterThan(0);
    const entries = (await running.dump()).filter(({ key }) => !key.includes('{ledger:'));
    expect(entries).toEqual([]);
  });

  it('mutations invalidate all the same, since other nodes cache', async () => {
    const token = await running.client.token('staff@downtown.example');
    const { topMedicines } = await running.client.data<{ topMedicines: { id: string }[] }>('{ topMedicines { id inStock } }', { tenant: 'downtown' });
    const [{ id = '' } = {}] = topMedicines;
    const adjust = 'mutation ($input: AdjustStockInput!) { adjustStock(input: $input) { stock { quantity } } }';
    const position = running.app.cache.ledger.position;
    const { events } = await decisionsDuring(running.app.cache, () => running.client.data(adjust, { token, variables: { input: { medicineId: id, delta: 1 } } }));
    const tags = events.flatMap((event) => (event.type === 'invalidate' ? event.tags : []));
    expect(tags).toContainEqual(expect.stringMatching(new RegExp(`^t/[0-9a-f-]{36}/stock_levels/${id}$`)));
    expect(running.app.cache.ledger.position).toBeGreaterThan(position);
  });
});
