import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Entry } from '../core/entry.js';
import type { CacheKey } from '../core/key.js';
import { LookupBudget } from '../core/lookup-budget.js';
import { sealEntry } from '../core/seal.js';
import { binaryCodec } from './entry-codec.js';
import { JoinedStore } from './joined-store.js';
import type { BatchStore, LookUpLeases } from './keyv-entry-store.js';

const key = (name: string): CacheKey => `larder:downtown:entity:thing:${name}` as CacheKey;
const entry = (value: unknown): Entry => ({ value, tags: [], stamp: { epoch: 'e', position: 1 }, readAt: 0, freshUntil: 500, staleUntil: 1000, scope: 'PUBLIC', cost: 1 });

const nameOf = (of: string): string => of.slice(of.lastIndexOf(':') + 1);

/** Bytes elsewhere, handed out when the test says so. */
function setUp() {
  const kept = new Map<string, unknown>();
  const asked: string[][] = [];
  const answers: (() => void)[] = [];
  const look = (keys: readonly string[]): Promise<readonly unknown[]> => {
    asked.push(keys.map(nameOf));
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
  const scripts: string[][] = [];
  const leases = {
    lookUp: async (keys, { onLease }) => {
      scripts.push(keys.map(nameOf));
      const found = await look(keys);
      found.forEach((value, at) => void (value === undefined && onLease(at)));
      return found;
    },
  } as LookUpLeases;
  const stats = () => ({ kind: 'redis' as const, healthy: true, entries: null, bytes: null, maxBytes: null, evictions: null, timeouts: 0, errors: 0 });
  const joined = new JoinedStore({ store, leases, codec: binaryCodec, stats });
  const put = (name: string, value: unknown): Promise<void> => joined.setMany([{ key: key(name), entry: entry(value), bytes: sealEntry(entry(value)) ?? 0, ttl: 1000 }]);
  return { joined, kept, asked, scripts, put, answer: () => answers.splice(0).forEach((each) => each()) };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

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

  it('C2 says what others are looking up, to who asks for nothing else and has not waited', async () => {
    const { joined, put, answer } = setUp();
    await put('a', 1);
    await put('b', 2);
    const values = (found: readonly (Entry | undefined)[]): unknown[] => found.map((each) => each?.value);
    const under = (names: readonly string[], budget = new LookupBudget()): Promise<unknown[]> | null => joined.likely(names.map(key), budget, values);
    expect(under(['a'])).toBeNull();
    const looks = joined.getMany(['a', 'b', 'x'].map(key));
    const waited = new LookupBudget();
    waited.enter();
    vi.advanceTimersByTime(2);
    waited.leave();
    expect([under(['c']), under(['a', 'c']), under([]), under(['a'], waited)]).toEqual([null, null, null, null]);
    const budget = new LookupBudget();
    const joining = [under(['b'], budget), under(['x']), under(['x', 'a'])];
    vi.advanceTimersByTime(2);
    answer();
    await looks;
    for (const [at, values] of [[2], [undefined], [undefined, 1]].entries()) expect(await joining[at]).toEqual(values);
    // What it has waited for this counts for what it looks up later.
    expect(budget.spent).toBeGreaterThan(0);
    expect(under(['x'])).toBeNull();
  });

  it('C2 begins the look-up of what was there the last time, without its lease, and lets others join it', async () => {
    const { joined, kept, asked, scripts, put, answer } = setUp();
    const values = (found: readonly (Entry | undefined)[]): unknown[] => found.map((each) => each?.value);
    const look = (names: readonly string[], budget = new LookupBudget()): Promise<unknown[]> | null => joined.likely(names.map(key), budget, values);
    await put('a', { list: [1] });
    const before = joined.getMany(['a', 'b'].map(key));
    answer();
    await before;
    const waited = new LookupBudget();
    waited.enter();
    vi.advanceTimersByTime(2);
    waited.leave();
    expect([look(['b']), look(['a', 'b']), look([]), look(['a'], waited)]).toEqual([null, null, null, null]);
    const looks = [look(['a']), look(['a']), joined.getMany([key('a')], { onLease: () => undefined }).then(values)];
    await settled();
    expect([asked.slice(1), scripts]).toEqual([[['a']], []]);
    answer();
    for (const each of looks) expect(await each).toEqual([{ list: [1] }]);
    kept.clear();
    const gone = look(['a']);
    await settled();
    answer();
    expect(await gone).toEqual([undefined]);
    expect(look(['a'])).toBeNull();
  });

  it('C2 tells of what is missing first whoever asked first: it may have the lease', async () => {
    const { joined, answer } = setUp();
    const order: string[] = [];
    const first = joined.getMany([key('a')], { onLease: () => order.push('lease') }).then(() => order.push('first'));
    const others = [
      joined.getMany([key('a')]).then(() => order.push('another')),
      joined.getMany(['a', 'b'].map(key)).then(() => order.push('with more')),
      joined.likely([key('a')], new LookupBudget(), () => order.push('under way')),
    ];
    answer();
    await first;
    expect(order).toEqual(['lease', 'first']);
    for (const other of others) await other;
    expect(order).toHaveLength(5);
  });

  it('asks for no lease of what was there the last time, and again once it was not', async () => {
    const { joined, kept, asked, scripts, put, answer } = setUp();
    const leased: number[] = [];
    const look = async (...names: string[]): Promise<unknown[]> => {
      const found = joined.getMany(names.map(key), { onLease: (at) => leased.push(at) });
      await settled();
      answer();
      return (await found).map((each) => each?.value);
    };
    await put('a', 1);
    expect(await look('a')).toEqual([1]);
    expect(await look('a')).toEqual([1]);
    expect(scripts).toEqual([['a']]);
    // One that was never found makes all of them be asked for with their leases.
    expect(await look('a', 'b')).toEqual([1, undefined]);
    expect(scripts).toEqual([['a'], ['a', 'b']]);
    kept.clear();
    leased.length = 0;
    expect(await look('a')).toEqual([undefined]);
    expect([scripts.length, leased]).toEqual([2, []]);
    expect(await look('a')).toEqual([undefined]);
    expect([scripts.length, leased]).toEqual([3, [0]]);
    expect(asked).toHaveLength(5);
  });
});
