import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { CacheKey } from '../../src/cache/core/key.js';
import { Guard } from '../../src/cache/stores/guard.js';
import { closeRedis, connectRedis, type RedisClient } from '../../src/cache/stores/redis-client.js';
import { LEASE_MS, RedisLeases } from '../../src/cache/stores/redis-leases.js';
import { silentLogger } from '../../src/lib/logger.js';

const prefix = `${inject('runId')}-leases`;
const key = (name: string): CacheKey => `${prefix}:${name}` as CacheKey;
/** What a busy machine takes is no outage. */
const PATIENT = 10_000;

describe('leases on Redis', () => {
  const clients: RedisClient[] = [];
  let a: RedisLeases;
  let b: RedisLeases;

  const open = async (): Promise<RedisLeases> => {
    const client = await connectRedis({ kind: 'single', url: inject('redisUrl') }, silentLogger);
    clients.push(client);
    return new RedisLeases(client, new Guard({ deadlineMs: PATIENT, probe: () => client.ping() }));
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
      { timeout: 15_000, interval: 5 },
    );
    await a.end(key('long'), 'ended');
    expect(await left('long')).toBeLessThan(0);
  });

  it('P4 leave word for a moment that there was nothing to share', async () => {
    await a.acquire([key('private')]);
    await a.end(key('private'), 'unshared');
    expect(await b.acquire([key('private')])).toEqual(['unshared']);
    expect(await left('private')).toBeGreaterThan(0);
  });

  it('D1 are everybody’s where Redis cannot be asked', async () => {
    const gone = await connectRedis({ kind: 'single', url: 'redis://127.0.0.1:1', connectTimeout: 50 }, silentLogger);
    const guard = new Guard({ deadlineMs: PATIENT, probe: () => gone.ping() });
    const alone = new RedisLeases(gone, guard);
    expect(await alone.acquire([key('x'), key('y')])).toEqual(['mine', 'mine']);
    await alone.end(key('x'), 'ended');
    guard.stop();
    await closeRedis(gone);
  });
});
