import { createClient } from '@redis/client';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { KeyvAdapter } from '@apollo/utils.keyvadapter';
import { openStores, type Stores, type StoresOptions } from '../../src/cache/stores/open-stores.js';
import { connectRedis } from '../../src/cache/stores/redis-client.js';
import { silentLogger } from '../../src/lib/logger.js';
import { systemClock } from '../../src/lib/clock.js';
import { entryOf, key, storeContract, writeOf } from './store-contract.js';

const redis = { kind: 'single', url: inject('redisUrl') } as const;

function open(options: Partial<StoresOptions> & Pick<StoresOptions, 'prefix'>): Promise<Stores> {
  // On a machine that is busy with the rest of the tests, 50 ms pass easily.
  return openStores({ redis, memoryBytes: 10_000_000, deadlineMs: 2000, clock: systemClock, now: Date.now, logger: silentLogger, ...options });
}

/** A store for the contract, in memory, on Redis or both, in which time passes when it is told to. */
const opens = (options: Partial<StoresOptions>) => async (prefix: string) => {
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead };
  const { store } = await open({ prefix, clock, ...options });
  const pass = async (milliseconds: number): Promise<void> => {
    clock.ahead += milliseconds;
    if (options.redis === undefined) await age(prefix, milliseconds);
  };
  return { store, pass };
};

/** Makes keys on Redis older than they are: the server's clock is not ours to set. */
async function age(prefix: string, milliseconds: number): Promise<void> {
  const client = createClient({ url: redis.url });
  await client.connect();
  for await (const keys of client.scanIterator({ MATCH: `${prefix}:*`, COUNT: 1000 })) {
    for (const each of keys) await client.pExpire(each, (await client.pTTL(each)) - milliseconds);
  }
  client.destroy();
}

storeContract('memory', opens({ redis: null }));
storeContract('Redis, guarded', opens({ memoryBytes: 0 }));
storeContract('memory before Redis', opens({}));

describe('on Redis', () => {
  const prefix = `${inject('runId')}-redis`;
  const raw = createClient({ url: redis.url });
  let stores: Stores;
  beforeAll(async () => {
    await raw.connect();
    stores = await open({ prefix, memoryBytes: 0 });
  });
  afterAll(async () => {
    await stores.store.clear();
    await stores.close();
    raw.destroy();
  });

  const keysOf = async (pattern: string): Promise<string[]> => {
    const keys: string[] = [];
    for await (const found of raw.scanIterator({ MATCH: pattern, COUNT: 1000 })) keys.push(...found);
    return keys;
  };

  it('C4 every key has an end, Apollo\'s persisted queries, too', async () => {
    await stores.store.setMany([writeOf(key(prefix, 1), entryOf(1)), writeOf(key(prefix, 2), entryOf(2, { staleUntil: Infinity }), Infinity)]);
    await new KeyvAdapter<string>(stores.keyv as never).set('apq:hash', 'query { a }');
    const keys = await keysOf(`${prefix}:*`);
    expect(keys.sort()).toEqual([`${prefix}:apq:hash`, key(prefix, 1), key(prefix, 2)].sort());
    for (const each of keys) expect(await raw.pTTL(each)).toBeGreaterThan(0);
  });

  it('what cannot be read is a miss, and counted', async () => {
    const before = (await stores.store.stats()).tiers[0]?.errors ?? 0;
    await raw.set(key(prefix, 'foreign'), '{"value":1}');
    await raw.hSet(key(prefix, 'no text'), 'a', 'b');
    await stores.store.setMany([writeOf(key(prefix, 'readable'), entryOf('v'))]);
    const found = await stores.store.getMany([key(prefix, 'foreign'), key(prefix, 'no text'), key(prefix, 'readable')]);
    expect(found.map((entry) => entry?.value)).toEqual([undefined, undefined, 'v']);
    expect((await stores.store.stats()).tiers[0]?.errors).toBe(before + 1);
    await raw.unlink([key(prefix, 'no text')]);
  });

  it('clearing leaves what is no text: the ledger under the same prefix', async () => {
    await raw.zAdd(`${prefix}:{ledger}`, { score: 1, value: 't' });
    await stores.store.setMany([writeOf(key(prefix, 1), entryOf(1))]);
    await stores.store.clear();
    expect(await keysOf(`${prefix}:*`)).toEqual([`${prefix}:{ledger}`]);
    await raw.unlink(`${prefix}:{ledger}`);
  });

  it('another process finds what this one stored, Apollo\'s persisted queries, too', async () => {
    const other = await open({ prefix });
    await stores.store.setMany([writeOf(key(prefix, 'shared'), entryOf('v'))]);
    await new KeyvAdapter<string>(stores.keyv as never).set('apq:hash', 'query { a }');
    expect((await other.store.getMany([key(prefix, 'shared')]))[0]?.value).toBe('v');
    expect(await new KeyvAdapter<string>(other.keyv as never).get('apq:hash')).toBe('query { a }');
    await other.close();
  });
});

describe('opening', () => {
  it('refuses a prefix that Redis would take for a pattern', async () => {
    await expect(open({ prefix: 'a*' })).rejects.toThrow('prefix "a*"');
  });

  it('refuses an address that names no single Redis server, in one sentence without the address', async () => {
    for (const url of ['http://user:secret@host', 'secret', 'redis-sentinel://secret@host/m']) {
      const refusal = await connectRedis({ kind: 'single', url }, silentLogger).catch((error: unknown) => (error as Error).message);
      expect(refusal).toMatch(/^The URL of Redis cannot be used: give redis:.*$/);
      expect(refusal).not.toContain('secret');
    }
    await expect(connectRedis({ kind: 'cluster' }, silentLogger)).rejects.toThrow('Redis Cluster is not supported yet');
  });

  it('needs nothing but memory', async () => {
    const stores = await open({ prefix: 'alone', redis: null });
    const apollo = new KeyvAdapter<string>(stores.keyv as never);
    await apollo.set('apq:1', 'query', { ttl: 300 });
    expect(await apollo.get('apq:1')).toBe('query');
    expect(stores.redis).toBeNull();
    await stores.close();
  });
});
