import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Entry } from '../core/entry.js';
import type { CacheKey } from '../core/key.js';
import { LookupBudget } from '../core/lookup-budget.js';
import type { Asking, StoreWrite, TierStats } from '../core/store.js';
import { binaryCodec, referenceCodec } from './entry-codec.js';
import { KeyvEntryStore } from './keyv-entry-store.js';
import { MemoryStore } from './memory-store.js';
import { TieredStore } from './tiered-store.js';

const key = (name: string): CacheKey => `larder:downtown:entity:thing:${name}` as CacheKey;
const clock = { time: 0, now: () => clock.time };

function write(name: string, value: unknown = name, changes: Partial<Entry> = {}): StoreWrite {
  const entry: Entry = { value, tags: [], stamp: { epoch: 'e', position: 1 }, readAt: 0, freshUntil: 500, staleUntil: 1000, scope: 'PUBLIC', cost: 1, ...changes };
  return { key: key(name), entry, bytes: 500, ttl: entry.staleUntil - clock.time };
}

/** A store that tells what it was asked, over memory: the far one stores bytes, as Redis does. */
class Tier extends KeyvEntryStore {
  asked: string[][] = [];
  /** What was found is handed out when this has passed. */
  slow: Promise<void> | null = null;
  /** What whoever looks gets the lease of. */
  leasable: ReadonlySet<CacheKey> = new Set();
  readonly memory: MemoryStore;

  constructor(where: 'near' | 'far') {
    const memory = new MemoryStore({ maxBytes: 1e6, prefix: 'larder', clock });
    const stats = (): TierStats => ({ kind: where === 'near' ? 'memory' : 'redis', healthy: true, ...memory.stats(), timeouts: 0, errors: 0 });
    // The memory store refuses bytes as no plain data; a size given by hand passes them.
    super({ store: memory, codec: where === 'near' ? referenceCodec : binaryCodec, stats, ...(where === 'near' && { peek: (key) => memory.peek(key) as Entry | undefined }) });
    this.memory = memory;
  }

  override async getMany(keys: readonly CacheKey[], { onLease }: Asking = {}): Promise<readonly (Entry | undefined)[]> {
    this.asked.push(keys.map((each) => each.slice(each.lastIndexOf(':') + 1)));
    const found = await super.getMany(keys);
    await this.slow;
    keys.forEach((each, at) => void (this.leasable.has(each) && onLease?.(at)));
    return found;
  }
}

let near: Tier;
let far: Tier;
let tiered: TieredStore;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  clock.time = 0;
  near = new Tier('near');
  far = new Tier('far');
  tiered = new TieredStore(near, far, clock.now);
});

afterEach(() => {
  vi.useRealTimers();
});

/** Everything that needs nobody else has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const valuesOf = (entries: readonly (Entry | undefined)[]): unknown[] => entries.map((entry) => entry?.value);

describe('memory in front of Redis', () => {
  it('C2 asks the far store, too, for what is near and of no use any more: another node may have stored a newer one', async () => {
    const newer = { stamp: { epoch: 'e', position: 2 } };
    await near.setMany([write('a', 'old'), write('b', 'old')]);
    await far.setMany([write('a', 'new', newer)]);
    const accepts = (entry: Entry): boolean => entry.stamp.position >= 2;
    expect(valuesOf(await tiered.getMany([key('a'), key('b')], { accepts }))).toEqual(['new', 'old']);
    far.asked = [];
    expect(valuesOf(await tiered.getMany([key('a')], { accepts }))).toEqual(['new']);
    expect(far.asked).toEqual([]);
  });

  it('C1 asks the far store only for what is not near, once, and answers in order', async () => {
    await near.setMany([write('a'), write('c')]);
    await far.setMany([write('b')]);
    expect(valuesOf(await tiered.getMany(['a', 'b', 'c', 'x', 'b'].map(key)))).toEqual(['a', 'b', 'c', undefined, 'b']);
    expect(far.asked).toEqual([['b', 'x', 'b']]);
    far.asked = [];
    await tiered.getMany(['a', 'b', 'c'].map(key));
    expect(far.asked).toEqual([]);
  });

  it('C2 asks once for what many ask for at the same moment, but for who needs to know what has come since', async () => {
    let answer: () => void = () => undefined;
    far.slow = new Promise((resolve) => (answer = resolve));
    await far.setMany([write('a')]);
    const first = tiered.getMany(['a', 'b'].map(key));
    await settled();
    const joining = [tiered.getMany(['b', 'c', 'a'].map(key)), tiered.getMany([key('a')])];
    await settled();
    const waited = new LookupBudget();
    waited.enter();
    vi.advanceTimersByTime(1);
    waited.leave();
    const apart = [tiered.getMany([key('a')], { anew: true }), tiered.getMany([key('a')], { budget: waited })];
    await settled();
    expect(far.asked).toEqual([['a', 'b'], ['c'], ['a'], ['a']]);
    answer();
    expect(valuesOf(await first)).toEqual(['a', undefined]);
    expect((await Promise.all(joining)).map(valuesOf)).toEqual([[undefined, undefined, 'a'], ['a']]);
    expect((await Promise.all(apart)).map(valuesOf)).toEqual([['a'], ['a']]);
    far.asked = [];
    await tiered.getMany([key('b')]);
    expect(far.asked).toEqual([['b']]);
  });

  it('C2 says what others are looking up far away, and what is near and of no use any more where there is nothing', async () => {
    let answer: () => void = () => undefined;
    far.slow = new Promise((resolve) => (answer = resolve));
    await near.setMany([write('b', 'old')]);
    await far.setMany([write('a')]);
    const under = (name: string): Promise<unknown[]> | null => tiered.likely([key(name)], new LookupBudget(), valuesOf);
    expect(under('a')).toBeNull();
    const looks = tiered.getMany(['a', 'b'].map(key), { accepts: () => false });
    await settled();
    const joining = [under('a'), under('b')];
    answer();
    await looks;
    expect([await joining[0], await joining[1]]).toEqual([['a'], ['old']]);
  });

  it('C2 begins the look-up of what was far away the last time and is not near, and brings it near', async () => {
    const look = (...names: string[]): Promise<unknown[]> | null => tiered.likely(names.map(key), new LookupBudget(), valuesOf);
    far.wereThere = (keys) => keys.every((each) => each !== key('x'));
    await far.setMany([write('a')]);
    await near.setMany([write('b')]);
    expect([look('x'), look('a', 'x'), look('b'), look('a', 'b')]).toEqual([null, null, null, null]);
    const looks = [look('a'), look('a')];
    for (const each of looks) expect(await each).toEqual(['a']);
    expect(far.asked).toEqual([['a']]);
    expect(tiered.peek(key('a'))?.value).toBe('a');
  });

  it('C2 hands on which leases came with the look-up far away, in the places that were asked for', async () => {
    const leased: number[] = [];
    await near.setMany([write('a')]);
    await far.setMany([write('b')]);
    far.leasable = new Set(['c', 'd'].map(key));
    await tiered.getMany(['a', 'c', 'b', 'd', 'e'].map(key), { onLease: (at) => leased.push(at) });
    expect(leased).toEqual([1, 3]);
  });

  it('keeps near what it found far, frozen, for the rest of its life', async () => {
    await far.setMany([write('a', { list: [1] })]);
    clock.time = 400;
    const [found] = await tiered.getMany([key('a')]);
    expect(Object.isFrozen((found?.value as { list: unknown }).list)).toBe(true);
    clock.time = 999;
    expect(valuesOf(await near.getMany([key('a')]))).toEqual([{ list: [1] }]);
    clock.time = 1000;
    expect(valuesOf(await near.getMany([key('a')]))).toEqual([undefined]);
  });

  it('hands out what is at its end, and does not keep it', async () => {
    await far.setMany([{ ...write('a'), ttl: 5000 }]);
    clock.time = 1000;
    expect(valuesOf(await tiered.getMany([key('a')]))).toEqual(['a']);
    expect(near.memory.stats().entries).toBe(0);
  });

  it('a newer entry that came in while the far store was asked stays', async () => {
    await far.setMany([write('a', 'old')]);
    let arrive!: () => void;
    far.slow = new Promise((resolve) => (arrive = resolve));
    const reading = tiered.getMany([key('a')]);
    await new Promise(setImmediate);
    await tiered.setMany([write('a', 'new')]);
    arrive();
    expect(valuesOf(await reading)).toEqual(['old']);
    expect(valuesOf(await tiered.getMany([key('a')]))).toEqual(['new']);
  });

  it('writes, deletes and clears both', async () => {
    await tiered.setMany([write('a'), write('b')]);
    for (const tier of [near, far]) expect(valuesOf(await tier.getMany([key('a'), key('b')]))).toEqual(['a', 'b']);
    await tiered.deleteMany([key('a')]);
    for (const tier of [near, far]) expect(valuesOf(await tier.getMany([key('a'), key('b')]))).toEqual([undefined, 'b']);
    await tiered.clear();
    for (const tier of [near, far]) expect(tier.memory.stats().entries).toBe(0);
    expect((await tiered.stats()).tiers.map((tier) => tier.kind)).toEqual(['memory', 'redis']);
  });
});
