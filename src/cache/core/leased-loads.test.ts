import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../lib/logger.js';
import { MemoryLedger } from '../stores/memory-ledger.js';
import { openStores } from '../stores/open-stores.js';
import { Cache, type Loaded, type Lookup } from './cache.js';
import { Collector } from './collector.js';
import type { CacheKey } from './key.js';
import type { Holder, Leases } from './lease.js';
import type { EntryStore } from './store.js';
import { partition, tags } from './tags.js';

const own = partition('own');
const tag = tags.row(own, 'rows', 1);

/** As Redis has them: who asks first loads. Who waits, waits until the test lets everybody look. */
class SharedLeases {
  readonly holders = new Map<CacheKey, string>();
  #waiting: (() => void)[] = [];

  of(process: string): Leases {
    return {
      acquire: (keys) =>
        Promise.resolve(
          keys.map((key): Holder => {
            const holder = this.holders.get(key);
            if (holder === undefined) this.holders.set(key, process);
            return holder === undefined || holder === process ? 'mine' : holder === 'unshared' ? 'unshared' : 'taken';
          }),
        ),
      keep: () => undefined,
      end: (key, how) => {
        if (this.holders.get(key) !== process) return Promise.resolve();
        if (how === 'ended') this.holders.delete(key);
        else this.holders.set(key, 'unshared');
        return Promise.resolve();
      },
      wait: () => new Promise((resolve) => this.#waiting.push(resolve)),
    };
  }

  get areWaiting(): number {
    return this.#waiting.length;
  }

  letLook(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** A load that ends when it is told to. */
class Source {
  readonly #open: ((loaded: Loaded<number> | Error) => void)[] = [];
  begun = 0;

  readonly load = (): Promise<Loaded<number>> => {
    this.begun++;
    return new Promise((resolve, reject) => this.#open.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome))));
  };

  end(value: number | Error, { shared = true } = {}): void {
    const collector = new Collector(own);
    collector.tag(tag);
    if (!shared) collector.forbid('it is for one alone');
    this.#open.shift()?.(value instanceof Error ? value : { value, collector });
  }
}

/** @param withLookUps whether leases of what is missing come with the look-up, as from Redis. */
async function twoProcesses(policy: Partial<Lookup['policy']> = {}, withLookUps = true) {
  const clock = { time: 10_000, now: () => clock.time };
  const ledger = new MemoryLedger({ clock });
  const { store } = await openStores({ redis: null, memoryBytes: 1e6, prefix: 'test', clock, now: clock.now, logger: silentLogger });
  const leases = new SharedLeases();
  const source = new Source();
  const processOf = (name: string) => {
    const own_: EntryStore = Object.assign(Object.create(store) as EntryStore, {
      leases: leases.of(name),
      getMany: async (...[keys, asking]: Parameters<EntryStore['getMany']>) => {
        const found = await store.getMany(keys, asking);
        keys.forEach((key, at) => {
          // What is near and of no use is looked for far away, too, where it is not.
          const entry = found[at];
          const isThere = entry !== undefined && asking?.accepts?.(entry, at) !== false;
          if (isThere || !withLookUps || asking?.onLease === undefined || leases.holders.has(key)) return;
          leases.holders.set(key, name);
          asking.onLease(at);
        });
        return found;
      },
    });
    const cache = new Cache({ store: own_, ledger, prefix: 'test', databaseId: 'd', enabled: true, onBackgroundError: () => undefined });
    const lookup: Lookup = {
      identity: cache.identities.of({ layer: 'response', name: 'Query.thing', version: '1' }, own, 'thing'),
      policy: { maxAge: 60_000, staleWhileRevalidate: 0, scope: 'PUBLIC', ...policy },
      outermost: true,
    };
    return { cache, read: async () => (await cache.read(cache.begin(), lookup, source.load)).value };
  };
  return { clock, ledger, leases, source, a: processOf('a'), b: processOf('b') };
}

/** Lets everything go on that waits for nothing but promises. */
async function turns(): Promise<void> {
  for (let at = 0; at < 5; at++) await new Promise((resolve) => setImmediate(resolve));
}

describe.each([
  ['after looking', false],
  ['by looking', true],
])('a cold key that two processes ask for, with leases got %s', (_, withLookUps) => {
  it('C2 costs one load: the other waits, and has what was stored', async () => {
    const { a, b, leases, source } = await twoProcesses({}, withLookUps);
    const first = a.read();
    const others = [b.read(), b.read(), b.read()];
    await turns();
    expect([source.begun, leases.areWaiting]).toEqual([1, 1]);
    leases.letLook();
    await turns();
    // Nothing has come yet: it waits on.
    expect([source.begun, leases.areWaiting]).toEqual([1, 1]);
    source.end(7);
    expect(await first).toBe(7);
    await a.cache.drain();
    leases.letLook();
    expect(await Promise.all(others)).toEqual([7, 7, 7]);
    expect([source.begun, leases.holders.size]).toEqual([1, 0]);
  });

  it('C2 costs two when the process that loads is gone', async () => {
    const { a, b, leases, source } = await twoProcesses({}, withLookUps);
    void a.read();
    const other = b.read();
    await turns();
    leases.holders.clear();
    leases.letLook();
    await turns();
    expect(source.begun).toBe(2);
    source.end(1);
    source.end(2);
    expect(await other).toBe(2);
    await b.cache.drain();
    expect(leases.holders.size).toBe(0);
  });

  it.each([
    ['fails', (source: Source) => source.end(new Error('no'))],
    ['is for one alone', (source: Source) => source.end(1, { shared: false })],
  ])('C2 has nobody wait for what never comes: a load that %s', async (__, end) => {
    const { a, b, leases, source } = await twoProcesses({}, withLookUps);
    const first = a.read().catch(() => null);
    const other = b.read();
    await turns();
    end(source);
    await first;
    await a.cache.drain();
    leases.letLook();
    await turns();
    expect(source.begun).toBe(2);
    source.end(2);
    expect(await other).toBe(2);
  });

  it('P4 has others load at once what is known to be for one alone', async () => {
    const { a, b, leases, source } = await twoProcesses({}, withLookUps);
    const first = a.read();
    await turns();
    source.end(1, { shared: false });
    await first;
    await a.cache.drain();
    const other = b.read();
    await turns();
    expect([source.begun, leases.areWaiting]).toEqual([2, 0]);
    source.end(2);
    expect(await other).toBe(2);
  });

  it('F1 F2 serves nobody what was overtaken while it was loaded elsewhere', async () => {
    const { a, b, leases, source } = await twoProcesses({}, withLookUps);
    const first = a.read();
    const other = b.read();
    await turns();
    await a.cache.invalidate([tag]);
    source.end(1);
    expect(await first).toBe(1);
    await a.cache.drain();
    leases.letLook();
    await turns();
    expect(source.begun).toBe(2);
    source.end(2);
    expect(await other).toBe(2);
  });
});

describe('a lease', () => {
  it('C2 that came with a look-up is left where somebody here loads already', async () => {
    const { a, b, leases, source } = await twoProcesses();
    const first = a.read();
    await turns();
    // As after a pause: it has ended by itself while its holder loads, and comes once more with the next look-up.
    leases.holders.clear();
    const second = a.read();
    await turns();
    expect([source.begun, leases.holders.size]).toEqual([1, 0]);
    source.end(1);
    expect(await Promise.all([first, second])).toEqual([1, 1]);
    await a.cache.drain();
    expect(await b.read()).toBe(1);
  });

  it('C2 that came with a look-up is left where what is near may be served after all', async () => {
    const { a, ledger, leases, source } = await twoProcesses();
    const first = a.read();
    await turns();
    source.end(1);
    await first;
    await a.cache.drain();
    // A change of it was under way when it was looked for, and has been taken back by the time it is judged.
    ledger.suspend([tag]);
    const { store } = a.cache;
    const look = store.getMany.bind(store);
    store.getMany = async (...asked) => {
      const found = await look(...asked);
      expect(leases.holders.size).toBe(1);
      ledger.settle([tag]);
      return found;
    };
    expect(await a.read()).toBe(1);
    await a.cache.drain();
    expect([source.begun, leases.holders.size]).toEqual([1, 0]);
  });

  it('C2 finds what was stored between looking and asking', async () => {
    const { a, b, leases, source } = await twoProcesses({}, false);
    const first = a.read();
    await turns();
    const { store } = b.cache;
    const { leases: asked } = store;
    if (asked === undefined) throw new Error('there are no leases');
    const acquire = asked.acquire.bind(asked);
    const look = store.getMany.bind(store);
    let acquired: Promise<unknown> = Promise.resolve();
    // Its look-up is over when the other stores and ends its lease; then it asks.
    asked.acquire = (keys) => {
      source.end(1);
      const holders = first.then(() => a.cache.drain()).then(() => acquire(keys));
      acquired = holders;
      return holders;
    };
    // As on one connection: what is sent after the question is answered after it.
    store.getMany = async (...keys) => {
      await acquired;
      return look(...keys);
    };
    expect(await b.read()).toBe(1);
    await b.cache.drain();
    expect([source.begun, leases.holders.size]).toEqual([1, 0]);
  });
});

describe('what is outermost', () => {
  const loadedAt = async (world: Awaited<ReturnType<typeof twoProcesses>>, value: number): Promise<void> => {
    const reading = world.a.read();
    await turns();
    world.source.end(value);
    await reading;
    await world.a.cache.drain();
  };

  it('is served stale in its grace while one load revalidates it', async () => {
    const world = await twoProcesses({ staleWhileRevalidate: 10_000 });
    await loadedAt(world, 1);
    world.clock.time += 60_000;
    expect([await world.a.read(), await world.a.read()]).toEqual([1, 1]);
    await turns();
    expect(world.source.begun).toBe(2);
    world.source.end(2);
    await world.a.cache.drain();
    expect(await world.a.read()).toBe(2);
    expect(world.source.begun).toBe(2);
  });

  it('F1 is never served stale when a change has overtaken it', async () => {
    const world = await twoProcesses({ staleWhileRevalidate: 10_000 });
    await loadedAt(world, 1);
    world.clock.time += 60_000;
    await world.a.cache.invalidate([tag]);
    const reading = world.a.read();
    await turns();
    world.source.end(2);
    expect(await reading).toBe(2);
  });

  it('D2 stays as it was when revalidating fails', async () => {
    const world = await twoProcesses({ staleWhileRevalidate: 10_000 });
    await loadedAt(world, 1);
    world.clock.time += 60_000;
    expect(await world.a.read()).toBe(1);
    await turns();
    world.source.end(new Error('no'));
    await world.a.cache.drain();
    expect(await world.a.read()).toBe(1);
    world.source.end(new Error('no'));
  });

  it('C2 is loaded anew before it ends where it has no grace, and answered meanwhile', async () => {
    const world = await twoProcesses();
    await loadedAt(world, 1);
    // Drawn from an exponential distribution around the cost of the load, which is a few microseconds here: a hundredth of one
    // before the end nearly all are due.
    let answered = 0;
    for (world.clock.time += 59_999.999_99; world.source.begun === 1; world.clock.time += 0.000_000_009) {
      if (++answered > 1_000) break;
      expect(await world.a.read()).toBe(1);
      await turns();
    }
    expect(world.source.begun).toBe(2);
    world.source.end(2);
    await world.a.cache.drain();
    expect(await world.a.read()).toBe(2);
  });
});
