import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { issueToken } from '../../src/modules/tenancy/token.js';
import { backends, type Running } from '../support/backends.js';
import { WATCHFUL } from '../support/patience.js';

const KNOWN = '{ categories { slug } }';
const STAFF = '{ lowStockCount }';

/** A database that answers nothing while it is held. */
function holdable() {
  let gate = Promise.resolve();
  let release = (): void => undefined;
  const held = async <T>(work: () => Promise<T>): Promise<T> => {
    await gate;
    return work();
  };
  const wrap = (database: Database): Database => ({
    ...database,
    read: (scope, query) => held(() => database.read(scope, query)),
    write: (scope, work, following) => held(() => database.write(scope, work, following)),
    writeAndRead: (scope, work, last) => held(() => database.writeAndRead(scope, work, last)),
  });
  const hold = (): void => void (gate = new Promise((resolve) => (release = resolve)));
  return { wrap, hold, release: () => release() };
}

describe.each(backends)('D4 a database that hangs, on $name', (backend) => {
  let running: Running | undefined;
  const database = holdable();

  afterEach(async () => {
    database.release();
    await running?.close();
  });

  it('keeps no request longer than its time, be it to find out who asks', async () => {
    running = await backend.start({ wrap: database.wrap, env: { REQUEST_TIMEOUT_MS: '3000', CACHE_DIVERGENCE_SHARE: '0' } });
    const { client } = running;
    for (let times = 0; times < 3; times++) await client.data(KNOWN, { tenant: 'downtown' });
    database.hold();
    const stranger = { tenant: 'downtown', token: issueToken().token };
    const requests = [
      client.request(KNOWN, stranger),
      client.request('{ __typename categories { id } }', stranger),
      client.get({ query: KNOWN }, stranger),
      client.request('{ medicines(first: 1, search: "never asked") { totalCount } }', { tenant: 'downtown' }),
      client.request('mutation { signIn(input: { email: "staff@downtown.example", password: "larder-demo" }) { token } }', { tenant: 'downtown' }),
    ];
    for (const { status, codes } of await Promise.all(requests)) expect({ status, codes }).toEqual({ status: 503, codes: ['REQUEST_TIMEOUT'] });
    database.release();
    expect((await client.request(KNOWN, stranger)).codes).toEqual(['SESSION_INVALID']);
    expect((await client.request(KNOWN, { tenant: 'downtown' })).codes).toEqual([]);
  });

  it.runIf(backend.redis)('D2 is not waited for by what is stored and valid, the identity of its reader included', async () => {
    running = await backend.start({ wrap: database.wrap, env: { CACHE_DIVERGENCE_SHARE: '0' } });
    const { client, app } = running;
    const token = await client.token('staff@downtown.example');
    const ask = () => Promise.all([client.request(KNOWN, { tenant: 'downtown' }), client.request(STAFF, { tenant: 'downtown', token })]);
    const before = await running.whileTrusted(async () => (await ask(), ask()));
    database.hold();
    await vi.waitUntil(() => app.cache.ledger.standing() === 'synced' && app.cache.ledger.isSourceAway, WATCHFUL);
    for (const [at, { text, headers }] of (await ask()).entries()) {
      expect(text).toBe(before[at]?.text);
      expect(headers.get('cache-status')).toMatch(/^Larder; hit; ttl=-/);
    }
    database.release();
    await running.settled();
    for (const { headers } of await running.whileTrusted(ask)) expect(headers.get('cache-status')).toMatch(/^Larder; hit; ttl=\d/);
  });
});
