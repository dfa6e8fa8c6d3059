import { describe, expect, it } from 'vitest';
import type { Entry } from '../core/entry.js';
import type { CacheKey } from '../core/key.js';
import { sealEntry } from '../core/seal.js';
import { binaryCodec } from './entry-codec.js';
import { JoinedStore } from './joined-store.js';
import type { BatchStore, LookUpLeases } from './keyv-entry-store.js';

const key = (name: string): CacheKey => `larder:downtown:entity:thing:${name}` as CacheKey;
const entry = (value: unknown): Entry => ({ value, tags: [], stamp: { epoch: 'e', position: 1 }, readAt: 0, freshUntil: 500, staleUntil: 1000, scope: 'PUBLIC', cost: 1 });

/** Bytes elsewhere, handed out when the test says so. */
function setUp() {
  const kept = new Map<string, unknown>();
  const asked: string[][] = [];
  const answers: (() => void)[] = [];
  const look = (keys: readonly string[]): Promise<readonly unknown[]> => {
    asked.push(keys.map((each) => each.slice(each.lastIndexOf(':') + 1)));
    const found = keys.map((each) => kept.get(each));
    return new Promise((resolve) => answers.push(() => resolve(found)));
  };
  const store: BatchStore = {
    getMany: look,
    setMany: async (values) => values.forEach(({ key: at, value }) => kept.set(at, value)),
    deleteMany: () => Promise.resolve(true),
    clear: () => Promise.resolve(),
    clearPartition: () => Promise.resolve(),
  };
  const leases = {
    lookUp: async (keys, { onLease }) => {
      const found = await look(keys);
      found.forEach((value, at) => void (value === undefined && onLease(at)));
      return found;
    },
  } as LookUpLeases;
  const stats = () => ({ kind: 'redis' as const, healthy: true, entries: null, bytes: null, maxBytes: null, evictions: null, timeouts: 0, errors: 0 });
  const joined = new JoinedStore({ store, leases, codec: binaryCodec, stats });
  const put = (name: string, value: unknown): Promise<void> => joined.setMany([{ key: key(name), entry: entry(value), bytes: sealEntry(entry(value)) ?? 0, ttl: 1000 }]);
  return { joined, asked, put, answer: () => answers.splice(0).forEach((each) => each()) };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Redis with no memory in front of it', () => {
  it('C2 is asked once for what many ask for at the same moment, but by who needs to know what has come since', async () => {
    const { joined, asked, put, answer } = setUp();
    await put('a', { list: [1] });
    const looks = [joined.getMany([key('a')]), joined.getMany(['a', 'b'].map(key)), joined.getMany([key('a')]), joined.getMany([key('a')], { anew: true })];
    await settled();
    expect(asked).toEqual([['a'], ['b'], ['a']]);
    answer();
    const found = await Promise.all(looks);
    expect(found.map((entries) => entries.map((each) => each?.value))).toEqual([[{ list: [1] }], [{ list: [1] }, undefined], [{ list: [1] }], [{ list: [1] }]]);
    const later = joined.getMany([key('a')]);
    await settled();
    expect(asked.at(-1)).toEqual(['a']);
    expect(asked).toHaveLength(4);
    answer();
    await later;
  });

  it('P4 gives to several what none of them can change', async () => {
    const { joined, put, answer } = setUp();
    await put('a', { list: [1] });
    const looks = [joined.getMany([key('a')]), joined.getMany([key('a')])];
    answer();
    const [one, another] = (await Promise.all(looks)).map(([each]) => each);
    expect(one).toBe(another);
    expect([one, one?.value, (one?.value as { list: unknown }).list].every(Object.isFrozen)).toBe(true);
  });

  it('C2 gives the lease of what is missing to one of those who ask', async () => {
    const { joined, answer } = setUp();
    const leased: string[] = [];
    const looks = [
      joined.getMany(['a', 'b'].map(key), { onLease: (at) => leased.push(`first ${at}`) }),
      joined.getMany(['b', 'c'].map(key), { onLease: (at) => leased.push(`second ${at}`) }),
    ];
    answer();
    await Promise.all(looks);
    expect(leased).toEqual(['first 0', 'first 1', 'second 1']);
  });
});
