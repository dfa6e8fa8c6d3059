/* More than 400 lines: each case of a read plays against the same world, set up once and described at its beginning. */
import { describe, expect, it } from 'vitest';
import { MemoryLedger } from '../stores/memory-ledger.js';
import { Cache, type Loaded, type Lookup } from './cache.js';
import { Collector } from './collector.js';
import type { Entry } from './entry.js';
import type { CacheEvent } from './events.js';
import type { CacheKey, Subject } from './key.js';
import type { Policy } from './policy.js';
import type { CacheRequest } from './request.js';
import type { Standing } from './standing.js';
import type { EntryStore, StoreWrite } from './store.js';
import { partition, tags, type Tag } from './tags.js';

const own = partition('downtown');
const subject: Subject = { layer: 'value', name: 'thing', version: '1' };
const policy: Policy = { maxAge: 1000, staleWhileRevalidate: 0, scope: 'PUBLIC' };
const row = (id: string): Tag => tags.row(own, 'things', id);

/** Something that the test lets go on when it wants to. */
class Gate<T = void> {
  open!: (value: T) => void;
  fail!: (error: Error) => void;
  readonly passed = new Promise<T>((resolve, reject) => {
    this.open = resolve;
    this.fail = reject;
  });
}

/** Lets everything run that waits for nothing but promises. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class TestLedger extends MemoryLedger {
  trusted = true;

  override standing(): Standing {
    return this.trusted ? 'trusted' : 'alone';
  }
}

/** A map, with gates in front of its answers. */
class TestStore implements EntryStore {
  readonly entries = new Map<string, Entry>();
  readonly ttls = new Map<string, number>();
  gets = 0;
  /** What a look-up found is handed out when this opens. */
  found: Gate | null = null;
  /** Writes arrive when this opens. */
  arriving: Gate | null = null;

  async getMany(keys: readonly CacheKey[]): Promise<readonly (Entry | undefined)[]> {
    this.gets++;
    const found = keys.map((key) => this.entries.get(key));
    await this.found?.passed;
    return found;
  }

  async setMany(writes: readonly StoreWrite[]): Promise<void> {
    await this.arriving?.passed;
    for (const { key, entry, ttl } of writes) {
      this.entries.set(key, entry);
      this.ttls.set(key, ttl);
    }
  }

  async deleteMany(keys: readonly CacheKey[]): Promise<void> {
    for (const key of keys) this.entries.delete(key);
  }

  async clearPartition(): Promise<void> {}

  async clear(): Promise<void> {
    this.entries.clear();
  }

  async stats(): Promise<{ tiers: [] }> {
    return { tiers: [] };
  }

  async close(): Promise<void> {}
}

function setUp(options: { enabled?: boolean; isSourceFailure?: (error: unknown) => boolean } = {}) {
  const clock = { time: 10_000, now: () => clock.time };
  const ledger = new TestLedger({ clock });
  const store = new TestStore();
  const cache = new Cache({
    store,
    ledger,
    prefix: 'test',
    databaseId: 'd',
    enabled: true,
    onBackgroundError: (error) => {
      throw error;
    },
    ...options,
  });
  const events: CacheEvent[] = [];
  cache.events.on((event) => events.push(event));
  return { clock, ledger, store, cache, events, of: (type: CacheEvent['type']) => events.filter((event) => event.type === type) };
}

type World = ReturnType<typeof setUp>;

const lookup = (cache: Cache, id: string, changes: Partial<Policy> = {}): Lookup => ({
  identity: cache.identities.of(subject, own, id),
  policy: { ...policy, ...changes },
});

function loaded<T>(value: T, tagged: readonly Tag[] = []): Loaded<T> {
  const collector = new Collector(own);
  for (const tag of tagged) collector.tag(tag);
  return { value, collector };
}

/** A source whose loads wait for the test: each call has its own gate. */
function source<T>(id = 'a') {
  const calls: Gate<T>[] = [];
  return {
    calls,
    load: async (): Promise<Loaded<T>> => {
      const gate = new Gate<T>();
      calls.push(gate);
      return loaded(await gate.passed, [row(id)]);
    },
  };
}

async function read<T>({ cache }: World, load: () => Promise<Loaded<T>>, { request = cache.begin(), changes = {} } = {}) {
  return (await cache.read(request, lookup(cache, 'a', changes), load)).value;
}

const never = (): Promise<never> => Promise.reject(new Error('must not be loaded'));

describe('a read', () => {
  it('is a hit when stored, fresh and valid, for any other request', async () => {
    const world = setUp();
    expect(await read(world, async () => loaded('v', [row('a')]))).toBe('v');
    world.clock.time += 999;
    expect(await read(world, never)).toBe('v');
    expect(world.events.map((event) => event.type)).toEqual(['miss', 'load', 'store', 'hit']);
    expect(world.store.ttls.get(lookup(world.cache, 'a').identity.key)).toBe(1000);
  });

  it('remembers that there is nothing (null) like any value', async () => {
    const world = setUp();
    expect(await read(world, async () => loaded(null, [row('a')]))).toBeNull();
    expect(await read(world, never)).toBeNull();
    await world.cache.invalidate([row('a')]);
    expect(await read(world, async () => loaded('created'))).toBe('created');
  });

  it('loads anew when expired', async () => {
    const world = setUp();
    await read(world, async () => loaded(1));
    world.clock.time += 1000;
    expect(await read(world, async () => loaded(2))).toBe(2);
  });

  it('of many keys asks the store once and loads what is missing in one go, in order', async () => {
    const world = setUp();
    const request = world.cache.begin();
    const lookups = ['a', 'b', 'c'].map((id) => lookup(world.cache, id));
    await world.cache.readMany(request, [lookups[1] as Lookup], async () => [loaded('B')]);
    world.store.gets = 0;
    const answers = await world.cache.readMany(request, lookups, async (missing) => missing.map((at) => loaded(`loaded ${at}`)));
    expect(answers.map((answer) => (answer instanceof Error ? answer : answer.value))).toEqual(['loaded 0', 'B', 'loaded 2']);
    expect(world.store.gets).toBe(1);
  });

  it('of what never ends is stored, until a write', async () => {
    const world = setUp();
    await read(world, async () => loaded('v', [row('a')]), { changes: { maxAge: Infinity } });
    world.clock.time += 1e12;
    expect(await read(world, never)).toBe('v');
    await world.cache.invalidate([row('a')]);
    expect(await read(world, async () => loaded('new'))).toBe('new');
  });

  it('does not let anyone change what others get', async () => {
    const world = setUp();
    const value = await read<{ list: number[] }>(world, async () => loaded({ list: [1] }));
    expect(() => value.list.push(2)).toThrow(TypeError);
  });

  it('does not store, nor share, what is no plain data', async () => {
    const world = setUp();
    await read(world, async () => loaded({ at: new Date() }));
    expect(world.store.entries.size).toBe(0);
    expect(world.of('skip')).toMatchObject([{ reason: 'it is no plain data' }]);
  });
});

describe('F1 stamp before read', () => {
  it('a write during a load: its leader gets the value, nobody later does', async () => {
    const world = setUp();
    const { calls, load } = source<string>();
    const reading = read(world, load);
    await settled();
    await world.cache.invalidate([row('a')]);
    calls[0]?.open('from before the write');
    expect(await reading).toBe('from before the write');
    expect(world.of('skip')).toMatchObject([{ reason: 'already invalidated' }]);
    expect(await read(world, async () => loaded('new'))).toBe('new');
  });

  it('a write after the load, before the store has the entry: it is stored, and never served', async () => {
    const world = setUp();
    world.store.arriving = new Gate();
    await read(world, async () => loaded('old', [row('a')]));
    await world.cache.invalidate([row('a')]);
    world.store.arriving.open();
    await world.cache.drain();
    expect(world.store.entries.size).toBe(1);
    expect(await read(world, async () => loaded('new'))).toBe('new');
    expect(world.of('miss')).toMatchObject([{ reason: 'absent' }, { reason: 'invalidated' }]);
  });

  it('a write while the store is being asked: what it then finds is not served', async () => {
    const world = setUp();
    await read(world, async () => loaded('old', [row('a')]));
    world.store.found = new Gate();
    const reading = read(world, async () => loaded('new'));
    await world.cache.invalidate([row('a')]);
    world.store.found.open();
    expect(await reading).toBe('new');
  });

  it('holds for tags that become known only when the load ends', async () => {
    const world = setUp();
    const gate = new Gate();
    const reading = read(world, async () => {
      await gate.passed;
      return loaded('old', [row('a'), row('discovered')]);
    });
    await settled();
    await world.cache.invalidate([row('discovered')]);
    gate.open();
    await reading;
    expect(await read(world, async () => loaded('new'))).toBe('new');
  });

  it('a load keeps the stamp of its request as that was when the load began, though the request was renewed since', async () => {
    const world = setUp();
    const { calls, load } = source<string>();
    const request = world.cache.begin();
    const reading = read(world, load, { request });
    await settled();
    await world.cache.invalidate([row('a')]);
    request.renew();
    calls[0]?.open('old');
    await reading;
    expect(await read(world, async () => loaded('new'), { request })).toBe('new');
  });

  it('a value handed in carries the stamp of the beginning of the request, though that was renewed since', async () => {
    const world = setUp();
    const request = world.cache.begin();
    const readBeforeTheWrite = loaded('old', [row('a')]);
    await world.cache.invalidate([row('a')]);
    request.renew();
    await world.cache.write(request, [{ ...lookup(world.cache, 'a'), ...readBeforeTheWrite }]);
    expect(await read(world, async () => loaded('new'))).toBe('new');
  });

  it('a piece that contains an entry goes when the entry does, also while the piece is being loaded', async () => {
    const world = setUp();
    const request = world.cache.begin();
    const { calls, load } = source<string>('inner');
    const outer = async (): Promise<Loaded<string>> => {
      const collector = new Collector(own);
      const inner = await world.cache.read(request, lookup(world.cache, 'inner'), async () => loaded('old', [row('inner')]));
      collector.add(inner, world.ledger.now());
      return { value: `${inner.value} and ${(await load()).value}`, collector };
    };
    const reading = read(world, outer, { request });
    await settled();
    await world.cache.invalidate([row('inner')]);
    calls[0]?.open('the rest');
    await reading;
    expect(await read(world, async () => loaded('new'))).toBe('new');
  });
});

describe('F2 joining', () => {
  it('C2 many readers of a cold key share one load', async () => {
    const world = setUp();
    const { calls, load } = source<string>();
    const readings = Array.from({ length: 50 }, () => read(world, load));
    await settled();
    calls[0]?.open('v');
    expect(new Set(await Promise.all(readings))).toEqual(new Set(['v']));
    expect(calls).toHaveLength(1);
    expect(world.of('join')).toHaveLength(49);
  });

  it('C2 who looked into the store just before the entry arrived there joins the load that has landed', async () => {
    const world = setUp();
    const { calls, load } = source<string>();
    const leader = read(world, load);
    await settled();
    world.store.found = new Gate();
    world.store.arriving = new Gate();
    const late = read(world, never);
    calls[0]?.open('v');
    await leader;
    world.store.found.open();
    expect(await late).toBe('v');
    world.store.arriving.open();
    await world.cache.drain();
    expect(await read(world, never)).toBe('v');
  });

  it('who began after a write never gets a load from before it; all of them share one next load', async () => {
    const world = setUp();
    const { calls, load } = source<string>();
    const early = Array.from({ length: 5 }, () => read(world, load));
    await settled();
    await world.cache.invalidate([row('a')]);
    const late = Array.from({ length: 20 }, () => read(world, load));
    await settled();
    calls[0]?.open('old');
    await settled();
    calls[1]?.open('new');
    expect(new Set(await Promise.all(early))).toEqual(new Set(['old']));
    expect(new Set(await Promise.all(late))).toEqual(new Set(['new']));
    expect(calls).toHaveLength(2);
    expect(await read(world, never)).toBe('new');
  });

  it('who began before the write may have what the leader has: a change under load costs no extra load', async () => {
    const world = setUp();
    const { calls, load } = source<string>();
    const readings = Array.from({ length: 20 }, () => read(world, load));
    await settled();
    await world.cache.invalidate([row('a')]);
    calls[0]?.open('from before the write');
    await Promise.all(readings);
    expect(calls).toHaveLength(1);
    expect(world.store.entries.size).toBe(0);
  });

  it('under a write during every load, each generation of readers is answered by a load that began no earlier than it', async () => {
    const world = setUp();
    const { calls, load } = source<number>();
    const answers: Promise<{ began: number; value: number }>[] = [];
    for (let generation = 0; generation < 6; generation++) {
      for (let reader = 0; reader < 5; reader++) {
        answers.push(read(world, load).then((value) => ({ began: generation, value })));
      }
      await settled();
      await world.cache.invalidate([row('a')]);
    }
    // A load sees all writes up to the moment it was begun: number 0 was begun before the first, the others after the last.
    for (let at = 0; at < calls.length; at++) {
      calls[at]?.open(at === 0 ? 0 : 6);
      await settled();
    }
    for (const { began, value } of await Promise.all(answers)) expect(value).toBeGreaterThanOrEqual(began);
    expect(calls.length).toBeLessThanOrEqual(7);
  });

  it('F4 who began while a change was pending does not take a load from before it, also when it has a position by then', async () => {
    for (const settle of [true, false]) {
      const world = setUp();
      const { calls, load } = source<string>();
      const leader = read(world, load);
      await settled();
      world.ledger.suspend([row('a')]);
      const late = [read(world, load), read(world, load)];
      await settled();
      if (settle) {
        await world.cache.invalidate([row('a')]);
        world.ledger.settle([row('a')]);
      }
      calls[0]?.open('old');
      await settled();
      for (const call of calls.slice(1)) call.open('new');
      await settled();
      expect(await leader).toBe('old');
      for (const call of calls.slice(1)) call.open('new');
      expect(await Promise.all(late)).toEqual(['new', 'new']);
    }
  });

  it('a load that outlives its own value is shared by those who asked in time, and loaded anew by those who did not', async () => {
    const world = setUp();
    const { calls, load } = source<string>();
    const leader = read(world, load);
    await settled();
    world.clock.time += 900;
    const inTime = [read(world, load), read(world, load)];
    await settled();
    world.clock.time += 100;
    const tooLate = [read(world, load), read(world, load)];
    await settled();
    world.clock.time += 500;
    calls[0]?.open('first');
    await settled();
    calls[1]?.open('second');
    expect(await Promise.all([leader, ...inTime])).toEqual(['first', 'first', 'first']);
    expect(await Promise.all(tooLate)).toEqual(['second', 'second']);
    expect(calls).toHaveLength(2);
  });

  it('a failing load fails for all who joined it, and for nobody after', async () => {
    const world = setUp();
    const { calls, load } = source<string>();
    const readings = [read(world, load), read(world, load)];
    await settled();
    calls[0]?.fail(new Error('away'));
    for (const result of await Promise.allSettled(readings)) expect(result.status).toBe('rejected');
    expect(await read(world, async () => loaded('back'))).toBe('back');
  });

  it('a load that answers nonsense fails, and leaves nobody waiting for it', async () => {
    const world = setUp();
    await expect(read(world, async () => ({ value: 1 }) as Loaded<number>)).rejects.toThrow(TypeError);
    await expect(read(world, async () => undefined as unknown as Loaded<number>)).rejects.toThrow('fewer values');
    expect(await read(world, async () => loaded('v'))).toBe('v');
  });
});

describe('F3 answered means visible', () => {
  it.each([
    ['its row', row('a')],
    ['its partition', tags.partition(own)],
    ['its field', tags.field(own, 'thing')],
    ['everything', 't' as Tag],
  ])('a read after an invalidation of %s loads anew', async (_, tag) => {
    const world = setUp();
    await read(world, async () => loaded('old', [row('a')]));
    await world.cache.invalidate([tag]);
    expect(await read(world, async () => loaded('new', [row('a')]))).toBe('new');
    expect(await read(world, never)).toBe('new');
  });

  it('an invalidation of something else leaves it', async () => {
    const world = setUp();
    await read(world, async () => loaded('v', [row('a')]));
    await world.cache.invalidate([row('b'), tags.partition(partition('riverside')), tags.field(null, 'other')]);
    expect(await read(world, never)).toBe('v');
  });

  it('holds while the cache is switched off: others cache', async () => {
    const world = setUp({ enabled: false });
    const result = await world.cache.invalidate([row('a')]);
    expect(result.position).toBe(1);
    expect(world.ledger.positionOf(row('a'))).toBe(1);
  });
});

describe('F7 what failed is not stored', () => {
  it('one failing key fails alone; its siblings are stored', async () => {
    const world = setUp();
    const request = world.cache.begin();
    const lookups = ['a', 'b'].map((id) => lookup(world.cache, id));
    const [a, b] = await world.cache.readMany<string>(request, lookups, async () => [new Error('no a'), loaded('b')]);
    expect(a).toEqual(new Error('no a'));
    expect(b).toMatchObject({ value: 'b' });
    expect([...world.store.entries.values()]).toMatchObject([{ value: 'b' }]);
  });

  it('a load that answers too little fails for those left out', async () => {
    const world = setUp();
    const lookups = ['a', 'b'].map((id) => lookup(world.cache, id));
    const answers = await world.cache.readMany<string>(world.cache.begin(), lookups, async () => [loaded('a')]);
    expect(answers[0]).toMatchObject({ value: 'a' });
    expect(answers[1]).toBeInstanceOf(Error);
  });

  it('something thrown that is no Error arrives as one', async () => {
    const world = setUp();
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
    await expect(read(world, () => Promise.reject('text'))).rejects.toThrow(Error);
  });
});

describe('privacy', () => {
  it('P1 private data under a PUBLIC policy is neither stored nor shared with those who wait', async () => {
    const world = setUp();
    const gate = new Gate();
    let loads = 0;
    const load = async (): Promise<Loaded<string>> => {
      const answer = loaded(`viewer ${++loads}`);
      await gate.passed;
      answer.collector.restrict({ scope: 'PRIVATE' });
      return answer;
    };
    const readings = [read(world, load), read(world, load), read(world, load)];
    await settled();
    gate.open();
    expect(new Set(await Promise.all(readings)).size).toBe(3);
    expect(world.store.entries.size).toBe(0);
    expect(world.of('skip')).toMatchObject([{ reason: 'it contains private data' }]);
  });

  it('P1 a PRIVATE policy makes a PRIVATE entry', async () => {
    const world = setUp();
    await read(world, async () => loaded('mine'), { changes: { scope: 'PRIVATE' } });
    expect([...world.store.entries.values()]).toMatchObject([{ scope: 'PRIVATE' }]);
  });

  it('P2 a load that read another partition is neither stored nor shared', async () => {
    const world = setUp();
    let loads = 0;
    const load = async (): Promise<Loaded<number>> => {
      await settled();
      return loaded(++loads, [tags.table(partition('riverside'), 'things')]);
    };
    expect(await Promise.all([read(world, load), read(world, load)])).toEqual([1, 2]);
    expect(world.store.entries.size).toBe(0);
  });

  it.each<[string, Partial<Policy>, (loaded: Loaded<string>) => void]>([
    ['policy', { maxAge: 0, staleWhileRevalidate: 5000 }, () => undefined],
    ['hint', { staleWhileRevalidate: 5000 }, ({ collector }) => collector.restrict({ maxAge: 0 })],
  ])('P4 maxAge 0 by %s is never shared, never stored', async (_, changes, hint) => {
    const world = setUp();
    let loads = 0;
    const load = async (): Promise<Loaded<string>> => {
      const answer = loaded(`load ${++loads}`);
      await settled();
      hint(answer);
      return answer;
    };
    const answers = await Promise.all([read(world, load, { changes }), read(world, load, { changes })]);
    expect(new Set(answers).size).toBe(2);
    expect(world.store.entries.size).toBe(0);
  });

  it('P4 maxAge 0 is not stored when handed in, either', async () => {
    const world = setUp();
    await world.cache.write(world.cache.begin(), [{ ...lookup(world.cache, 'a', { maxAge: 0, staleWhileRevalidate: 5000 }), ...loaded('v') }]);
    expect(world.store.entries.size).toBe(0);
  });

  it('P4 a request that bypasses the cache joins nobody, is joined by nobody, finds and stores nothing', async () => {
    const world = setUp();
    await read(world, async () => loaded('stored'));
    const { calls, load } = source<string>();
    const strong = read(world, load, { request: world.cache.begin({ bypass: true }) });
    await settled();
    const second = read(world, load, { request: world.cache.begin({ bypass: true }) });
    await settled();
    expect(calls).toHaveLength(2);
    calls[0]?.open('strong');
    calls[1]?.open('second');
    expect(await Promise.all([strong, second])).toEqual(['strong', 'second']);
    expect(await read(world, never)).toBe('stored');
    expect(await world.cache.peekMany(world.cache.begin({ bypass: true }), [lookup(world.cache, 'a')])).toEqual([undefined]);
  });

  it('a cache switched off reads and stores nothing', async () => {
    const world = setUp({ enabled: false });
    let loads = 0;
    const load = async (): Promise<Loaded<number>> => loaded(++loads);
    expect([await read(world, load), await read(world, load)]).toEqual([1, 2]);
    expect([world.store.entries.size, world.store.gets]).toEqual([0, 0]);
  });
});

describe('D2 when the source fails', () => {
  const grace = { staleWhileRevalidate: 5000 };
  const fail = (): Promise<never> => Promise.reject(new Error('the source is away'));

  async function withStale(options: Parameters<typeof setUp>[0] = {}): Promise<World> {
    const world = setUp(options);
    await read(world, async () => loaded('stale', [row('a')]), { changes: grace });
    world.clock.time += 1000;
    return world;
  }

  it('what is in its grace is served, marked as such, to all who wait', async () => {
    const world = await withStale();
    expect(await Promise.all([read(world, fail, { changes: grace }), read(world, fail, { changes: grace })])).toEqual(['stale', 'stale']);
    expect(world.of('hit')).toMatchObject([{ freshness: 'stale' }, { freshness: 'stale' }]);
  });

  it('not beyond its grace', async () => {
    const world = await withStale();
    world.clock.time += 5000;
    await expect(read(world, fail, { changes: grace })).rejects.toThrow('away');
  });

  it('not when a write has overtaken it, even during the attempt', async () => {
    const world = await withStale();
    const { calls, load } = source<string>();
    const reading = read(world, load, { changes: grace });
    await settled();
    await world.cache.invalidate([row('a')]);
    calls[0]?.fail(new Error('the source is away'));
    await expect(reading).rejects.toThrow('away');
  });

  it('not when the caller erred', async () => {
    const world = await withStale({ isSourceFailure: () => false });
    await expect(read(world, fail, { changes: grace })).rejects.toThrow('away');
  });

  it('not by a node that is alone', async () => {
    const world = await withStale();
    const { calls, load } = source<string>();
    const reading = read(world, load, { changes: grace });
    await settled();
    world.ledger.trusted = false;
    calls[0]?.fail(new Error('the source is away'));
    await expect(reading).rejects.toThrow('away');
  });

  it('a piece that contains a stale value is not stored', async () => {
    const world = await withStale();
    const request = world.cache.begin();
    await world.cache.read(request, lookup(world.cache, 'outer'), async () => {
      const inner = await world.cache.read(request, lookup(world.cache, 'a', grace), fail);
      const piece = loaded('piece');
      piece.collector.add(inner, world.ledger.now());
      return piece;
    });
    expect(world.of('skip')).toMatchObject([{ reason: 'it contains a stale value' }]);
  });
});

describe('a node that is alone', () => {
  it('neither asks nor fills the store, and shares loads only with those who began before them', async () => {
    const world = setUp();
    await read(world, async () => loaded('stored'));
    world.store.gets = 0;
    world.ledger.trusted = false;
    const { calls, load } = source<string>();
    const before = world.cache.begin();
    world.clock.time += 1;
    const leader = read(world, load);
    await settled();
    const joining = read(world, load, { request: before });
    world.clock.time += 1;
    const later = read(world, load);
    await settled();
    expect(calls).toHaveLength(2);
    calls[0]?.open('first');
    calls[1]?.open('second');
    expect(await Promise.all([leader, joining, later])).toEqual(['first', 'first', 'second']);
    expect(world.store.gets).toBe(0);
    expect([...world.store.entries.values()]).toMatchObject([{ value: 'stored' }]);
  });

  it('that became so while waiting does not trust what it joined before', async () => {
    const world = setUp();
    const { calls, load } = source<string>();
    const leader = read(world, load);
    await settled();
    world.clock.time += 1;
    const joined = read(world, load);
    await settled();
    world.ledger.trusted = false;
    calls[0]?.open('first');
    await settled();
    calls[1]?.open('second');
    expect(await Promise.all([leader, joined])).toEqual(['first', 'second']);
  });

  it('F3 does not share an older load with who began then, though it is trusted again when they meet', async () => {
    const world = setUp();
    const gate = new Gate();
    const first = read(world, async () => {
      await gate.passed;
      return loaded('old', [row('a')]);
    });
    await settled();
    world.ledger.trusted = false;
    // Another node's change was answered long ago, and this node's copy knows nothing of it yet.
    const request = world.cache.begin();
    await world.cache.invalidate([row('a')]);
    world.ledger.trusted = true;
    const second = world.cache.read(request, lookup(world.cache, 'a'), async () => loaded('new'));
    gate.open();
    expect(await first).toBe('old');
    expect((await second).value).toBe('new');
  });

  it('that became so while the store was asked does not serve what was found', async () => {
    const world = setUp();
    await read(world, async () => loaded('stored'));
    world.store.found = new Gate();
    const reading = read(world, async () => loaded('loaded'));
    world.ledger.trusted = false;
    world.store.found.open();
    expect(await reading).toBe('loaded');
    expect(world.of('miss').at(-1)).toMatchObject({ reason: 'alone' });
  });
});

describe('a request', () => {
  it('F7 sees the world anew after its own transaction: new stamp, new memo', async () => {
    const world = setUp();
    const request: CacheRequest = world.cache.begin();
    const owner = {};
    const memo = request.memo({ owner, of: own }, () => ({}));
    expect(request.memo({ owner, of: own }, () => ({}))).toBe(memo);
    await world.cache.invalidate([row('a')]);
    world.clock.time += 5;
    request.renew();
    expect(request.memo({ owner, of: own }, () => ({}))).not.toBe(memo);
    expect([request.stamp.position, request.readAt, request.generation]).toEqual([1, 10_005, 1]);
    world.ledger.suspend([row('a')]);
    expect(request.isBehind).toBe(false);
    request.renew();
    expect(request.isBehind).toBe(true);
    expect(request.began).toEqual({ stamp: { epoch: world.ledger.epoch, position: 0 }, readAt: 10_000 });
  });

  it('peeks without loading', async () => {
    const world = setUp();
    await read(world, async () => loaded('v'));
    const found = await world.cache.peekMany(world.cache.begin(), [lookup(world.cache, 'a'), lookup(world.cache, 'b')]);
    expect(found.map((entry) => entry?.value)).toEqual(['v', undefined]);
  });

  it('is not disturbed by a listener that throws', async () => {
    const world = setUp();
    world.cache.events.on(() => {
      throw new Error('listener');
    });
    expect(await read(world, async () => loaded('v'))).toBe('v');
  });
});
