import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CacheEvent } from '../../src/cache/index.js';
import { backends, type Running } from '../support/backends.js';
import type { Reply } from '../support/client.js';
import { decisionsDuring } from '../support/decisions.js';

/** What is looked up to find out who asks, before anything of the operation is. */
const IDENTIFICATION = ['session', 'tenant'];

const ofOperation = (events: readonly CacheEvent[]): string[] =>
  events.flatMap((event) => ('of' in event && !IDENTIFICATION.some((name) => event.of.subject.name.startsWith(name)) ? [`${event.type} ${event.of.subject.name}`] : []));

interface Limit {
  readonly name: string;
  readonly code: string;
  readonly max: number;
  /** A document that is so large. */
  readonly document: (size: number) => string;
}

const times = (count: number, text: (at: number) => string): string => Array.from({ length: count }, (_, at) => text(at)).join(' ');

const limits: readonly Limit[] = [
  { name: 'tokens', code: 'TOO_MANY_TOKENS', max: 2_000, document: long },
  { name: 'depth', code: 'TOO_DEEP', max: 12, document: nested },
  { name: 'root fields', code: 'TOO_MANY_ROOT_FIELDS', max: 30, document: (size) => `{ ...All } fragment All on Query { ${times(size, (at) => `${at % 2 === 0 ? 'categories' : 'tenant'} { slug }`)} }` },
  { name: 'aliases', code: 'TOO_MANY_ALIASES', max: 30, document: (size) => `{ categories { ${times(size, (at) => `a${at}: slug`)} } }` },
  { name: 'fields', code: 'TOO_MANY_FIELDS', max: 500, document: (size) => `{ ${times(25, (at) => `a${at}: tenant { ${'slug '.repeat(at > 0 ? 19 : 19 + size - 500)}}`)} }` },
  { name: 'fields of one name', code: 'TOO_MANY_FIELDS', max: 20, document: (size) => `{ tenant { ${'slug '.repeat(size - 1)} } ...F } fragment F on Query { tenant { slug } }` },
  { name: 'cost', code: 'TOO_COSTLY', max: 10_000, document: costing },
];

/** Three tokens for each fragment, five for what is around them, and one for each name. */
function long(tokens: number): string {
  const [fragments, names] = [Math.floor((tokens - 10) / 3), 5 + ((tokens - 10) % 3)];
  return `{ categories { ${'... { '.repeat(fragments)}${'slug '.repeat(names)}${'} '.repeat(fragments)}} }`;
}

/** From a product to its group, to the group's products, and so on; from a medicine that is not there, since they are many. */
function nested(depth: number): string {
  const fields = ['medicine(id: "00000000-0000-4000-8000-000000000000")', 'product', ...Array<string[]>(depth).fill(['group', 'variants']).flat()];
  return `${fields.slice(0, depth - 1).reduce((text, field) => `${text}{ ${field} `, '')}{ id ${'}'.repeat(depth)}`;
}

/** 12 lists of 200 × (medicine, category, product, group), one of 199 × (medicine, product), and the rest in fields at 1. */
function costing(cost: number): string {
  const lists = times(12, (at) => `l${at}: topMedicines(first: 200) { category { slug } product { group { id } } }`);
  return `{ ${lists} last: topMedicines(first: 199) { product { id } } ${times(cost - 12 * 800 - 398, (at) => `t${at}: tenant { slug }`)} }`;
}

describe.each(backends)('limits of a document, on $name', (backend) => {
  let running: Running;
  let generous: Running;

  beforeAll(async () => {
    running = await backend.start({ env: { CACHE_DIVERGENCE_SHARE: '0' } });
    // Products have as many siblings as there are: what is nested this deep is too costly before it is too deep.
    generous = await backend.start({ env: { LIMIT_COST: '1000000000', CACHE_DIVERGENCE_SHARE: '0' } });
  });
  afterAll(() => Promise.all([running.close(), generous.close()]));

  it.each(limits)('$name: $max are answered, one more is refused, cold and warm', async ({ name, code, max, document }) => {
    const { app, client, whileTrusted } = name === 'depth' ? generous : running;
    const ask = (size: number): Promise<Reply> => client.request(document(size), { tenant: 'downtown' });
    const refused = async (): Promise<void> => {
      let reply: Reply | undefined;
      const { events } = await decisionsDuring(app.cache, async () => (reply = await ask(max + 1)));
      expect({ status: reply?.status, codes: reply?.codes, data: reply?.data }).toEqual({ status: 400, codes: [code], data: null });
      expect(ofOperation(events)).toEqual([]);
    };
    await refused();
    const cold = await ask(max);
    expect({ status: cold.status, codes: cold.codes }, cold.text.slice(0, 500)).toEqual({ status: 200, codes: [] });
    // The one that is too large asks for the same, and would be a hit.
    await whileTrusted(async () => {
      const { hits } = await decisionsDuring(app.cache, () => ask(max));
      expect(new Set(hits).size).toBeGreaterThan(0);
    });
    await refused();
  });

  it('cost: page sizes from variables count as those in the document, and lists without one for 100', async () => {
    const query = `query ($first: Int, $again: Int = 10) {
      topMedicines(first: $first) { product { group { id } } } medicineGroups(first: $again) { edges { node { variants { id } } } }
    }`;
    const cost = (first: number, again: number): number => first * 3 + 1 + again * (1 + 1 + 100);
    const ask = (variables: Record<string, unknown>): Promise<Reply> => running.client.request(query, { tenant: 'downtown', variables });
    expect(cost(200, 10)).toBeLessThan(10_000);
    expect((await ask({ first: 200 })).codes).toEqual([]);
    expect((await ask({ first: 200, again: 92 })).codes).toEqual([]);
    const refused = await ask({ first: 200, again: 93 });
    expect(refused).toMatchObject({ status: 400, codes: ['TOO_COSTLY'] });
    expect(refused.errors[0]?.extensions).toEqual({ code: 'TOO_COSTLY', limit: 10_000, cost: cost(200, 93) });
    // A page that is larger than any there is, is a mistake of another kind.
    expect((await ask({ first: 2_000_000_000, again: 1 })).codes).toEqual(['BAD_USER_INPUT']);
  });

  it('the body: 1 MB is accepted, a byte more is not, cold and warm', async () => {
    const send = async (bytes: number): Promise<{ status: number; code: unknown }> => {
      const start = '{"query":"{ categories { slug } } #';
      const body = `${start}${'x'.repeat(bytes - start.length - 2)}"}`;
      const response = await fetch(`${running.client.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-tenant': 'downtown' }, body });
      const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
      return { status: response.status, code: errors?.[0]?.extensions.code };
    };
    for (const _ of ['cold', 'warm']) {
      expect(await send(1_048_577)).toEqual({ status: 413, code: 'PAYLOAD_TOO_LARGE' });
      expect(await send(1_048_576)).toEqual({ status: 200, code: undefined });
    }
  });

  it.each([
    ['variables', (deep: string) => `{"query":"{ tenant { slug } }","variables":{"a":${deep}}}`],
    ['extensions', (deep: string) => `{"query":"{ tenant { slug } }","extensions":{"a":${deep}}}`],
    ['the body', (deep: string) => `{"query":"{ tenant { slug } }","more":${deep}}`],
  ])('JSON that is nested too deeply in %s is refused', async (_, bodyOf) => {
    const send = async (depth: number): Promise<unknown> => {
      const body = bodyOf('['.repeat(depth) + ']'.repeat(depth));
      const response = await fetch(`${running.client.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-tenant': 'downtown' }, body });
      const { errors } = (await response.json()) as { errors?: { extensions: { code: string } }[] };
      return [response.status, errors?.[0]?.extensions.code];
    };
    expect(await send(50)).toEqual([200, undefined]);
    for (const depth of [65, 100_000, 500_000]) expect(await send(depth)).toEqual([400, 'BAD_REQUEST']);
  });

  it('what nests fragments to double at every level is measured at once', async () => {
    const bomb = `{ ...F0 } ${times(60, (at) => `fragment F${at} on Query { ...F${at + 1} ...F${at + 1} }`)} fragment F60 on Query { categories { slug } }`;
    // Two to the power of sixty spreads: whatever followed them would not end.
    expect(await running.client.request(bomb, { tenant: 'downtown' })).toMatchObject({ status: 400, codes: ['TOO_MANY_ROOT_FIELDS', 'TOO_MANY_FIELDS'] });
  });

  it.each([
    ['@defer', '{ ...Later @defer } fragment Later on Query { categories { slug } }', 'INCREMENTAL_DELIVERY_NOT_SUPPORTED'],
    ['@stream', '{ categories @stream(initialCount: 1) { slug } }', 'INCREMENTAL_DELIVERY_NOT_SUPPORTED'],
  ])('%s is refused by name', async (_, query, code) => {
    expect(await running.client.request(query, { tenant: 'downtown' })).toMatchObject({ status: 400, codes: [code] });
  });

  it('lists of operations and files are refused by name', async () => {
    const send = async (headers: Record<string, string>, body: string): Promise<unknown> => {
      const response = await fetch(`${running.client.url}/graphql`, { method: 'POST', headers, body });
      const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
      return [response.status, errors[0]?.extensions.code];
    };
    expect(await send({ 'content-type': 'application/json' }, '[{"query":"{ viewer { id } }"}]')).toEqual([400, 'BATCHING_DISABLED']);
    expect(await send({ 'content-type': 'multipart/form-data; boundary=x' }, '--x--')).toEqual([415, 'UPLOADS_NOT_SUPPORTED']);
    expect(await send({ 'content-type': 'text/plain' }, '{"query":"{ viewer { id } }"}')).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });
});

describe.each(backends)('limits of a viewer, on $name', (backend) => {
  const PER_MINUTE = 5;
  let running: Running;

  beforeAll(async () => {
    running = await backend.start({ env: { LIMIT_REQUESTS_PER_MINUTE: String(PER_MINUTE), LIMIT_BATCH: '3', TRUST_PROXY: '1', CACHE_DIVERGENCE_SHARE: '0' } });
  });
  afterAll(() => running.close());

  const CATEGORIES = '{ categories { slug } }';
  const from = (address: string) => ({ 'x-forwarded-for': address });

  it('so many operations a minute, hits too; then 429, Retry-After and no look-up', async () => {
    const ask = (headers: Record<string, string>): Promise<Reply> => running.client.request(CATEGORIES, { tenant: 'downtown', headers });
    for (let count = 0; count < PER_MINUTE; count++) expect((await ask(from('192.0.2.1'))).codes).toEqual([]);
    let reply: Reply | undefined;
    const { events } = await decisionsDuring(running.app.cache, async () => (reply = await ask(from('192.0.2.1'))));
    expect(reply).toMatchObject({ status: 429, codes: ['RATE_LIMITED'] });
    expect(Number(reply?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(reply?.errors[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfter: Number(reply?.headers.get('retry-after')) });
    expect(ofOperation(events)).toEqual([]);
    expect((await ask(from('192.0.2.2'))).codes).toEqual([]);
    // Of IPv6 a client has a whole network.
    for (let count = 0; count < PER_MINUTE; count++) expect((await ask(from(`2001:db8:0:1::${count + 1}`))).codes).toEqual([]);
    expect((await ask(from('2001:db8:0:1:ffff::1'))).codes).toEqual(['RATE_LIMITED']);
  });

  it('who is signed in is counted wherever they are', async () => {
    const token = await running.client.token('staff@downtown.example');
    const ask = (at: number): Promise<Reply> => running.client.request(CATEGORIES, { token, headers: from(`198.51.100.${at}`) });
    for (let count = 0; count < PER_MINUTE; count++) expect((await ask(count)).codes).toEqual([]);
    expect((await ask(PER_MINUTE)).codes).toEqual(['RATE_LIMITED']);
  });

  it('who tries out tokens is counted, too', async () => {
    const ask = (): Promise<Reply> => running.client.request(CATEGORIES, { token: 'unknown', headers: from('203.0.113.1') });
    for (let count = 0; count < PER_MINUTE; count++) expect((await ask()).codes).toEqual(['SESSION_INVALID']);
    expect((await ask()).codes).toEqual(['RATE_LIMITED']);
  });

  it('D3: what is refused without asking who sends it leaves no promise that nobody awaits', async () => {
    const left: unknown[] = [];
    const note = (error: unknown): void => void left.push(error);
    process.on('unhandledRejection', note);
    // As a link on a page would: Apollo takes it for forged, whoever the limit says has asked too often.
    for (let count = 0; count <= PER_MINUTE; count++) {
      const response = await fetch(`${running.client.url}/graphql?query={__typename}`, { headers: { accept: 'application/json', ...from('203.0.113.3') } });
      expect(response.status).toBe(400);
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(left).toEqual([]);
  });

  it('a list of operations counts as many as it has, and has at most as many as configured', async () => {
    const send = async (count: number): Promise<{ status: number; text: string }> => {
      const body = JSON.stringify(Array.from({ length: count }, () => ({ query: CATEGORIES })));
      const headers = { 'content-type': 'application/json', 'x-tenant': 'downtown', ...from('203.0.113.2') };
      const response = await fetch(`${running.client.url}/graphql`, { method: 'POST', headers, body });
      return { status: response.status, text: await response.text() };
    };
    expect(await send(4)).toMatchObject({ status: 400, text: expect.stringContaining('BATCH_TOO_LARGE') as string });
    const answered = await send(3);
    expect(JSON.parse(answered.text)).toHaveLength(3);
    expect(await send(3)).toMatchObject({ status: 429, text: expect.stringContaining('RATE_LIMITED') as string });
  });
});

describe.each(backends)('limits of attempts at a password, on $name', (backend) => {
  let running: Running;

  beforeAll(async () => {
    running = await backend.start({ env: { LIMIT_SIGN_IN: '3', TRUST_PROXY: '1', CACHE_DIVERGENCE_SHARE: '0' } });
  });
  afterAll(() => running.close());

  const SIGN_IN = 'mutation ($input: SignInInput!) { signIn(input: $input) { token } }';
  const signIn = (email: string, password: string, address = '192.0.2.1'): Promise<Reply> =>
    running.client.request(SIGN_IN, { variables: { input: { email, password } }, headers: { 'x-forwarded-for': address } });

  it('three failures, then none for a while, not even with the right password; other accounts and clients may', async () => {
    const email = 'staff@downtown.example';
    for (let attempt = 0; attempt < 3; attempt++) expect((await signIn(email, 'wrong')).codes).toEqual(['CREDENTIALS_INVALID']);
    const refused = await signIn(` ${email.toUpperCase()}`, 'larder-demo');
    expect(refused).toMatchObject({ status: 429, codes: ['SIGN_IN_LIMITED'] });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await signIn('admin@downtown.example', 'larder-demo')).codes).toEqual([]);
    expect((await signIn(email, 'larder-demo', '192.0.2.2')).codes).toEqual([]);
  });

  it('what succeeds forgives the failures before it', async () => {
    const email = 'staff@riverside.example';
    for (let round = 0; round < 3; round++) {
      for (let attempt = 0; attempt < 2; attempt++) expect((await signIn(email, 'wrong')).codes).toEqual(['CREDENTIALS_INVALID']);
      expect((await signIn(email, 'larder-demo')).codes).toEqual([]);
    }
  });

  it('each alias is an attempt', async () => {
    const input = '(input: { email: "nobody@larder.example", password: "wrong" })';
    const { status, errors } = await running.client.request(`mutation { ${times(4, (at) => `a${at}: signIn${input} { token }`)} }`);
    expect(errors.map(({ extensions }) => extensions.code)).toContain('CREDENTIALS_INVALID');
    expect(status).toBeLessThan(500);
    expect((await signIn('nobody@larder.example', 'wrong')).codes).toEqual(['CREDENTIALS_INVALID']);
  });

  it('one password on many accounts is too many for one client', async () => {
    const codes: string[] = [];
    for (let account = 0; account < 31; account++) codes.push(...(await signIn(`account-${account}@larder.example`, 'larder-demo', '198.51.100.1')).codes);
    expect(codes.slice(0, 30)).toEqual(Array(30).fill('CREDENTIALS_INVALID'));
    expect(codes[30]).toBe('SIGN_IN_LIMITED');
  });
});

describe.each(backends)('the time that a request may take, on $name', (backend) => {
  /** Ten times what a request takes on a busy machine. */
  const TIMEOUT = 3_000;
  let running: Running;
  /** While it is set, the resolver waits for it. */
  let held: Promise<void> | null = null;

  beforeAll(async () => {
    running = await backend.start({ env: { REQUEST_TIMEOUT_MS: String(TIMEOUT) } });
    const field = running.app.schema.getQueryType()?.getFields()['tenant'];
    const resolve = field?.resolve;
    if (field === undefined || resolve === undefined) throw new Error('Query.tenant has no resolver');
    field.resolve = async (parent, args, context, info) => {
      await held;
      return resolve(parent, args, context, info);
    };
  });
  afterAll(() => running.close());

  it('is enough, or the request is given up with a code, cold and warm', async () => {
    const ask = (headers: Record<string, string> = {}): Promise<Reply> => running.client.request('{ tenant { slug } }', { tenant: 'downtown', headers });
    for (const _ of ['cold', 'warm']) {
      let release: () => void = () => undefined;
      held = new Promise((resolve) => (release = resolve));
      // Past the cache, so that no request joins or finds what was given up. Its answer comes while the resolver still waits.
      expect(await ask({ 'larder-after': 'bypass' })).toMatchObject({ status: 503, codes: ['REQUEST_TIMEOUT'], data: null });
      held = null;
      release();
      expect((await ask()).codes).toEqual([]);
    }
    // What the late resolvers brought is dropped without an error in the log.
    await new Promise((resolve) => setImmediate(resolve));
    expect(running.logs.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
  });

  it('a change that was not committed in time is undone', async () => {
    const token = await running.client.token('admin@downtown.example');
    const { topMedicines } = await running.client.data<{ topMedicines: { id: string; price: { amount: number } }[] }>('{ topMedicines(first: 1) { id price { amount } } }', { tenant: 'downtown' });
    const [medicine] = topMedicines;
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let hold: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (hold = resolve));
    const other = running.app.database.owner(async (tx) => {
      await tx.execute(sql`select 1 from medicines where id = ${medicine?.id} for update`);
      hold();
      await released;
    });
    await held;
    const input = { id: medicine?.id, priceAmount: 1 };
    const reply = await running.client.request('mutation ($input: UpdateMedicineInput!) { updateMedicine(input: $input) { id } }', { token, variables: { input } });
    expect(reply).toMatchObject({ status: 503, codes: ['REQUEST_TIMEOUT'] });
    release();
    await other;
    // The late transaction takes the row next, and is rolled back: another lock on the row stands behind it.
    await running.app.database.owner((tx) => tx.execute(sql`select 1 from medicines where id = ${medicine?.id} for update`));
    const { topMedicines: after } = await running.client.data<{ topMedicines: unknown[] }>('{ topMedicines(first: 1) { id price { amount } } }', { tenant: 'downtown', headers: { 'larder-after': 'bypass' } });
    expect(after[0]).toEqual(medicine);
  });
});
