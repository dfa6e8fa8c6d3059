import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backends, type Running } from '../support/backends.js';

interface Reply {
  readonly status: number;
  /** Without what differs from one answer to the next. */
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** Helmet writes its headers in capitals, and the fast path in small letters. */
  readonly isFast: boolean;
}

type Sending = 'whole' | 'chunked';

interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

const ORIGIN = 'https://shop.example';
const OF_THE_MOMENT = ['date', 'x-request-id', 'age', 'keep-alive', 'connection', 'transfer-encoding'];

/** In chunks it has no length, and goes to the framework: so that both ways can be compared on one server. */
function post(url: string, { headers = {}, body }: Sent, sending: Sending): Promise<Reply> {
  const length = sending === 'whole' ? { 'content-length': Buffer.byteLength(body) } : { 'transfer-encoding': 'chunked' };
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-tenant': 'downtown', ...length, ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const told = Object.entries(response.headers).filter(([name]) => !OF_THE_MOMENT.includes(name));
        const ttl = (text: unknown): unknown => (typeof text === 'string' ? text.replace(/ttl=\d+/, 'ttl=…') : text);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(told.map(([name, value]) => [name, ttl(value)])),
          body: Buffer.concat(parts).toString(),
          isFast: response.rawHeaders.includes('content-security-policy'),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const known = '{ topMedicines(first: 3) { id name } }';
const byId = 'query ($id: ID!) { medicine(id: $id) { name } }';

describe.each(backends)('the fast path, on $name', (backend) => {
  let running: Running;
  let staff: string;

  beforeAll(async () => {
    running = await backend.start({ env: { CORS_ORIGINS: `${ORIGIN},https://other.example`, LIMIT_COST: '200', CACHE_DIVERGENCE_SHARE: '0' } });
    staff = await running.client.token('staff@downtown.example');
  });
  afterAll(() => running.close());

  const ask = (query: string, variables?: object): string => JSON.stringify({ query, variables });
  /** Asked twice: then it is known, and all of it stored. */
  const both = async (sent: Sent): Promise<readonly [fast: Reply, framework: Reply]> => {
    for (let time = 0; time < 2; time++) {
      await post(running.client.url, sent, 'chunked');
      await running.settled();
    }
    return [await post(running.client.url, sent, 'whole'), await post(running.client.url, sent, 'chunked')];
  };

  it.each([
    ['a hit', { body: ask(known) }],
    ['a hit of a viewer', { body: ask('{ viewer { email } lowStockCount }'), headers: { authorization: 'staff' } }],
    ['a hit beside what is never stored', { body: ask('{ t: __typename categories { slug } stock(medicineId: "de9b485a-8913-31d7-8d59-a4aa177f3841") { quantity } }') }],
    ['what a field refuses', { body: ask('{ categories { slug } lowStockCount }') }],
    ['a page of another origin', { body: ask(known), headers: { origin: ORIGIN } }],
    ['a page of an origin that may not', { body: ask(known), headers: { origin: 'https://evil.example' } }],
    ['a compressed answer', { body: ask('{ topMedicines(first: 30) { id name price { amount } } }'), headers: { 'accept-encoding': 'br, gzip' } }],
    ['another media type', { body: ask(known), headers: { accept: 'application/graphql-response+json' } }],
    ['a charset', { body: ask(known), headers: { 'content-type': 'application/json; charset=utf-8' } }],
  ])('C1 answers as the framework does: %s', async (_, { headers = {}, body }: Sent) => {
    const { authorization, ...rest } = headers as Record<string, string>;
    await running.whileTrusted(async () => {
      const [fast, framework] = await both({ body, headers: { ...rest, ...(authorization === undefined ? {} : { authorization: `Bearer ${staff}` }) } });
      expect([fast.isFast, framework.isFast]).toEqual([true, false]);
      expect({ ...fast, isFast: null }).toEqual({ ...framework, isFast: null });
    });
  });

  it.each([
    ['what nobody has asked yet', { body: ask('{ topMedicines(first: 4) { id } }') }, 200],
    ['a mutation', { body: ask('mutation { signOut }') }, 200],
    ['a session that is none', { body: ask(known), headers: { authorization: 'Bearer nonsense' } }, 401],
    ['a tenant that is none', { body: ask(known), headers: { 'x-tenant': 'nowhere' } }, 404],
    ['no JSON', { body: '{"query":' }, 400],
    ['a member that would change what objects are', { body: `{"query":"${known}","__proto__":{"a":1}}` }, 400],
    ['bytes that are no UTF-8', { body: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]) }, 400],
    ['another charset', { body: ask(known), headers: { 'content-type': 'application/json; charset=latin1' } }, 415],
    ['a list of operations', { body: `[${ask(known)}]` }, 400],
    ['a null character', { body: ask(byId, { id: 'a\0b' }) }, 400],
    ['what costs too much', { body: ask('query ($first: Int!) { medicines(first: $first) { edges { node { id category { id } } } } }', { first: 100 }) }, 400],
    ['variables that do not fit', { body: ask(byId, { id: { no: 'id' } }) }, 400],
  ])('leaves to the framework, read once: %s', async (_, sent: Sent, status) => {
    await post(running.client.url, { body: ask(byId, { id: 'de9b485a-8913-31d7-8d59-a4aa177f3841' }) }, 'whole');
    await post(running.client.url, { body: ask('query ($first: Int!) { medicines(first: $first) { edges { node { id category { id } } } } }', { first: 2 }) }, 'whole');
    const whole = await post(running.client.url, sent, 'whole');
    const chunked = await post(running.client.url, sent, 'chunked');
    expect([whole.status, whole.isFast]).toEqual([status, false]);
    expect({ ...whole, body: withoutId(whole.body) }).toMatchObject({ status: chunked.status, body: withoutId(chunked.body) });
  });

  it('P2 P3 remembers what bodies ask, and not who asked: the same bytes by another are another answer', async () => {
    const body = ask('{ viewer { email } }');
    const mine = { body, headers: { authorization: `Bearer ${staff}` } };
    await running.whileTrusted(async () => {
      const [fast] = await both(mine);
      expect([fast.isFast, fast.body]).toEqual([true, expect.stringContaining('staff@downtown.example')]);
      expect((await post(running.client.url, { body }, 'whole')).body).not.toContain('staff');
      const other = await running.client.token('admin@riverside.example');
      expect((await post(running.client.url, { body, headers: { authorization: `Bearer ${other}`, 'x-tenant': 'riverside' } }, 'whole')).body).toContain('admin@riverside.example');
    });
  });

  it('says who may read it, beside what it varies by', async () => {
    const [fast] = await both({ body: ask(known), headers: { origin: ORIGIN } });
    expect(fast.headers['access-control-allow-origin']).toBe(ORIGIN);
    expect(fast.headers['vary']).toMatch(/Origin.*Authorization|Authorization.*Origin/);
  });

  it('outlives a client that goes before it has sent everything', async () => {
    const { port } = new URL(running.client.url);
    const sent = request({ port, path: '/graphql', method: 'POST', headers: { 'content-type': 'application/json', 'content-length': 1_000 } });
    const gone = new Promise((resolve) => sent.on('error', resolve));
    sent.write('{"query":');
    while (sent.socket?.connecting !== false) await pause(1);
    sent.destroy(new Error('gone'));
    await gone;
    expect((await post(running.client.url, { body: ask(known) }, 'whole')).status).toBe(200);
  });
});

function withoutId(body: string): string {
  return body.replace(/"requestId":"[^"]*"/, '"requestId":"…"');
}

describe.each(backends)('limits on the fast path, on $name', (backend) => {
  let running: Running;

  beforeAll(async () => {
    running = await backend.start({ env: { LIMIT_REQUESTS_PER_MINUTE: '10', CACHE_DIVERGENCE_SHARE: '0', TRUST_PROXY: '1' } });
  });
  afterAll(() => running.close());

  it('counts a request once, whoever answers it', async () => {
    const from = (address: string, query: string): Promise<Reply> => post(running.client.url, { body: JSON.stringify({ query }), headers: { 'x-forwarded-for': address } }, 'whole');
    const statuses: number[] = [];
    for (let at = 0; at < 12; at++) statuses.push((await from('192.0.2.1', at % 2 === 0 ? known : `{ topMedicines(first: ${at + 5}) { id } }`)).status);
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429, 429]);
    expect((await from('192.0.2.2', known)).status).toBe(200);
  });
});
