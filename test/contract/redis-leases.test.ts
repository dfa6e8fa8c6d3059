import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { CacheKey } from '../../src/cache/core/key.js';
import { Guard } from '../../src/cache/stores/guard.js';
import { closeRedis, connectRedis, type RedisClient } from '../../src/cache/stores/redis-client.js';
import { LEASE_MS, RedisLeases } from '../../src/cache/stores/redis-leases.js';
import { silentLogger } from '../../src/lib/logger.js';
import { PATIENT, WATCHFUL } from '../support/patience.js';

const prefix = `${inject('runId')}-leases`;
const key = (name: string): CacheKey => `${prefix}:${name}` as CacheKey;
/** What a busy machine takes is no outage. */
const DEADLINE_MS = 10_000;

describe('leases on Redis', () => {
  const clients: RedisClient[] = [];
  let a: RedisLeases;
  let b: RedisLeases;

  const open = async (): Promise<RedisLeases> => {
    const client = await connectRedis({ kind: 'single', url: inject('redisUrl') }, silentLogger);
    clients.push(client);
    return new RedisLeases(client, new Guard({ deadlineMs: DEADLINE_MS, probe: () => client.ping() }));
  };
  const left = async (name: string): Promise<number> => Number(await clients[0]?.pTTL(`${key(name)}:lease`));

  beforeAll(async () => {
    [a, b] = [await open(), await open()];
  });
  afterAll(async () => {
    const [client] = clients;
    for await (const keys of client?.scanIterator({ MATCH: `${prefix}:*` }) ?? []) if (keys.length > 0) await client?.unlink(keys);
    for (const one of clients) await closeRedis(one);
  });

  it('C2 are held by one, until it ends them', async () => {
    expect(await a.acquire([key('x'), key('y')])).toEqual(['mine', 'mine']);
    expect(await b.acquire([key('x'), key('z')])).toEqual(['taken', 'mine']);
    // Nobody ends another's.
    await b.end(key('x'), 'ended');
    expect(await b.acquire([key('x')])).toEqual(['taken']);
    await a.end(key('x'), 'ended');
    expect(await b.acquire([key('x')])).toEqual(['mine']);
    await Promise.all([a.end(key('y'), 'ended'), b.end(key('x'), 'ended'), b.end(key('z'), 'ended')]);
  });

  it('C2 last as long as their holder lives, and end by themselves', async () => {
    await a.acquire([key('long')]);
    expect(await left('long')).toBeLessThanOrEqual(LEASE_MS);
    // Renewed before it ends, again and again.
    let last = await left('long');
    let renewals = 0;
    await vi.waitUntil(
      async () => {
        const now = await left('long');
        if (now > last) renewals++;
        last = now;
        return renewals >= 4;
      },
      WATCHFUL,
    );
    await a.end(key('long'), 'ended');
    expect(await left('long')).toBeLessThan(0);
  });

  /** What a look-up found, and where it brought leases. */
  const lookUp = async (who: RedisLeases, names: readonly string[]): Promise<{ found: (string | undefined)[]; leased: number[] }> => {
    const leased: number[] = [];
    const found = await who.lookUp(names.map(key), { onLease: (at) => leased.push(at) });
    return { found: found.map((bytes) => bytes?.toString()), leased };
  };

  it('C2 come with the look-up that finds nothing, to the first that asks', async () => {
    const [client] = clients;
    await client?.set(key('stored'), 'its bytes');
    // A server that has forgotten its scripts is told again.
    await client?.scriptFlush();
    expect(await lookUp(a, ['stored', 'cold', 'cold'])).toEqual({ found: ['its bytes', undefined, undefined], leased: [1, 2] });
    expect(await lookUp(b, ['cold', 'stored'])).toEqual({ found: [undefined, 'its bytes'], leased: [] });
    expect(await b.acquire([key('cold')])).toEqual(['taken']);
    await a.end(key('cold'), 'ended');
    expect(await lookUp(b, ['cold'])).toEqual({ found: [undefined], leased: [0] });
    await b.end(key('cold'), 'ended');
    expect(await client?.exists(`${key('cold')}:lease`)).toBe(0);
  });

  it('C2 end by themselves where nobody keeps what came with a look-up', async () => {
    await lookUp(a, ['left', 'kept']);
    a.keep(key('kept'));
    expect(await left('left')).toBeLessThanOrEqual(LEASE_MS);
    await vi.waitUntil(async () => (await left('left')) < 0, PATIENT);
    expect(await left('kept')).toBeGreaterThan(0);
    expect(await b.acquire([key('left'), key('kept')])).toEqual(['mine', 'taken']);
    await Promise.all([a.end(key('kept'), 'ended'), b.end(key('left'), 'ended')]);
  });

  it('D1 that were taken by a look-up given up meanwhile are ours all the same', async () => {
    const client = await connectRedis({ kind: 'single', url: inject('redisUrl') }, silentLogger);
    clients.push(client);
    // Answers come late until the test says otherwise, and those who asked give up.
    let deadlineMs = 0;
    const guard = { read: <T>(work: () => Promise<T>, otherwise: T) => (deadlineMs === 0 ? work().then(() => otherwise) : work()), write: (work: () => Promise<unknown>) => work() } as unknown as Guard;
    const late = new RedisLeases(client, guard);
    expect(await lookUp(late, ['late'])).toEqual({ found: [undefined], leased: [] });
    deadlineMs = DEADLINE_MS;
    expect(await b.acquire([key('late')])).toEqual(['taken']);
    expect(await late.acquire([key('late')])).toEqual(['mine']);
    await late.end(key('late'), 'ended');
    expect(await b.acquire([key('late')])).toEqual(['mine']);
    await b.end(key('late'), 'ended');
  });

  it('D1 bring what is stored where nothing may be written', async () => {
    const [client] = clients;
    await client?.set(key('full'), 'its bytes');
    await client?.aclSetUser(prefix, ['on', '>secret', '~*', '+get', '+eval', '+evalsha', '+ping', '+client']);
    const url = Object.assign(new URL(inject('redisUrl')), { username: prefix, password: 'secret' });
    const mayRead = await connectRedis({ kind: 'single', url: url.href }, silentLogger);
    clients.push(mayRead);
    try {
      const reading = new RedisLeases(mayRead, new Guard({ deadlineMs: DEADLINE_MS, probe: () => mayRead.ping() }));
      expect(await lookUp(reading, ['full', 'missing'])).toEqual({ found: ['its bytes', undefined], leased: [] });
      expect(await left('missing')).toBeLessThan(0);
    } finally {
      await client?.aclDelUser(prefix);
    }
  });

  it('P4 leave word for a moment that there was nothing to share', async () => {
    await a.acquire([key('private')]);
    await a.end(key('private'), 'unshared');
    expect(await b.acquire([key('private')])).toEqual(['unshared']);
    expect(await left('private')).toBeGreaterThan(0);
  });

  it('D1 are everybody’s where Redis cannot be asked', async () => {
    const gone = await connectRedis({ kind: 'single', url: 'redis://127.0.0.1:1', connectTimeout: 50 }, silentLogger);
    const guard = new Guard({ deadlineMs: DEADLINE_MS, probe: () => gone.ping() });
    const alone = new RedisLeases(gone, guard);
    expect(await alone.acquire([key('x'), key('y')])).toEqual(['mine', 'mine']);
    expect(await lookUp(alone, ['x'])).toEqual({ found: [undefined], leased: [] });
    await alone.end(key('x'), 'ended');
    guard.stop();
    await closeRedis(gone);
  });
});
