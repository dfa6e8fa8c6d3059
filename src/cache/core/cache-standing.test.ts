import { describe, expect, it, vi } from 'vitest';
import { openStores } from '../stores/open-stores.js';
import { MemoryLedger } from '../stores/memory-ledger.js';
import { silentLogger } from '../../lib/logger.js';
import { Cache, type Loaded, type Lookup } from './cache.js';
import { Collector } from './collector.js';
import type { CacheEvent } from './events.js';
import type { Standing } from './standing.js';
import { partition, tags } from './tags.js';
import { PATIENT } from '../../../test/support/patience.js';

const own = partition('own');
const tag = tags.row(own, 'rows', 1);

class ChangingLedger extends MemoryLedger {
  is: Standing = 'trusted';
  isAway = false;

  override get isSourceAway(): boolean {
    return this.isAway;
  }

  override standing(): Standing {
    return this.is;
  }
}

async function setUp() {
  const clock = { time: 10_000, now: () => clock.time };
  const ledger = new ChangingLedger({ clock });
  const { store } = await openStores({ redis: null, memoryBytes: 1e6, prefix: 'test', clock, now: clock.now, logger: silentLogger });
  const cache = new Cache({ store, ledger, prefix: 'test', databaseId: 'd', enabled: true, onBackgroundError: () => undefined });
  const events: CacheEvent[] = [];
  cache.events.on((event) => events.push(event));
  let loads = 0;
  const load = (): Promise<Loaded<number>> => {
    const collector = new Collector(own);
    collector.tag(tag);
    return Promise.resolve({ value: ++loads, collector });
  };
  const identityOf = (about: string): Lookup['identity'] => cache.identities.of({ layer: 'value', name: 'thing', version: '1' }, own, about);
  const lookup: Lookup = {
    identity: identityOf('thing'),
    policy: { maxAge: 60_000, staleWhileRevalidate: 0, scope: 'PUBLIC' },
  };
  const read = async (): Promise<number> => {
    const { value } = await cache.read(cache.begin(), lookup, load);
    await cache.drain();
    return value;
  };
  return { clock, ledger, cache, store, events, identityOf, lookup, load, read };
}

describe('a node that is alone', () => {
  it('F4 reads nothing that is stored and stores nothing', async () => {
    const world = await setUp();
    expect(await world.read()).toBe(1);
    world.ledger.is = 'alone';
    expect(await world.read()).toBe(2);
    world.ledger.is = 'trusted';
    expect(await world.read()).toBe(1);
  });

  it('D1 shares its own loads for a second at most', async () => {
    const world = await setUp();
    world.ledger.is = 'alone';
    expect(await world.read()).toBe(1);
    world.clock.time += 999;
    expect(await world.read()).toBe(1);
    world.clock.time += 1;
    expect(await world.read()).toBe(2);
  });

  it('F3 does not share what its own change has overtaken, applied or pending', async () => {
    const world = await setUp();
    world.ledger.is = 'alone';
    expect(await world.read()).toBe(1);
    await world.cache.invalidate([tag]);
    expect(await world.read()).toBe(2);
    world.ledger.suspend([tag]);
    expect(await world.read()).toBe(3);
    expect(await world.read()).toBe(4);
    world.ledger.settle([tag]);
  });
});

describe('D2 a node whose copy is synced while the database is away', () => {
  it('serves what the copy calls valid as stale, and stores nothing it contains', async () => {
    const world = await setUp();
    await world.read();
    world.ledger.is = 'synced';
    const entry = await world.cache.read(world.cache.begin(), world.lookup, () => Promise.reject(new Error('the database is away')));
    expect(entry.value).toBe(1);
    expect(world.events.findLast((event) => event.type === 'hit')).toMatchObject({ freshness: 'stale' });
    const containing = new Collector(own);
    containing.add(entry, world.ledger.now());
    expect(containing.notStorable).toBe('it contains a stale value');
  });

  it('D4 waits for no load of what the copy calls valid, once the source has left a poll unanswered', async () => {
    const world = await setUp();
    await world.read();
    world.ledger.is = 'synced';
    world.ledger.isAway = true;
    const loads = vi.fn(() => new Promise<Loaded<number>>(() => undefined));
    const entry = await world.cache.read(world.cache.begin(), world.lookup, loads);
    expect({ value: entry.value, isStale: entry.freshUntil <= world.clock.time, loads: loads.mock.calls.length }).toEqual({ value: 1, isStale: true, loads: 0 });
    expect(world.events.findLast((event) => event.type === 'hit')).toMatchObject({ freshness: 'stale' });
    const containing = new Collector(own);
    containing.add(entry, world.ledger.now());
    expect(containing.notStorable).toBe('it contains a stale value');
    // What a change has overtaken is not valid: it is loaded, and waited for.
    await world.cache.invalidate([tag]);
    void world.cache.read(world.cache.begin(), world.lookup, loads);
    await vi.waitFor(() => expect(loads).toHaveBeenCalledTimes(1), PATIENT);
  });

  it('F3 joins no load that may have begun before changes of others that have to show by now', async () => {
    const world = await setUp();
    let land!: () => void;
    const landing = new Promise<void>((resolve) => (land = resolve));
    const slow = world.cache.read(world.cache.begin(), world.lookup, async () => {
      await landing;
      return world.load();
    });
    await Promise.resolve();
    world.ledger.is = 'synced';
    world.clock.time += 999;
    const inTime = world.cache.read(world.cache.begin(), world.lookup, world.load);
    world.clock.time += 1;
    const late = world.cache.read(world.cache.begin(), world.lookup, world.load);
    expect((await late).value).toBe(1);
    land();
    expect([(await slow).value, (await inTime).value]).toEqual([2, 2]);
  });

  it('F3 takes nothing from a load that contains what was read before such changes', async () => {
    const world = await setUp();
    const inner = await world.cache.read(world.cache.begin(), { ...world.lookup, identity: world.identityOf('inner') }, world.load);
    world.clock.time += 1000;
    let land!: () => void;
    const landing = new Promise<void>((resolve) => (land = resolve));
    const containing = world.cache.read(world.cache.begin(), world.lookup, async () => {
      const loaded = await world.load();
      loaded.collector.add(inner, world.ledger.now());
      await landing;
      return loaded;
    });
    await Promise.resolve();
    world.ledger.is = 'synced';
    const joined = world.cache.read(world.cache.begin(), world.lookup, world.load);
    land();
    expect([(await containing).value, (await joined).value]).toEqual([2, 3]);
  });

  it('does not serve what a change has overtaken', async () => {
    const world = await setUp();
    await world.read();
    world.ledger.is = 'synced';
    await world.cache.invalidate([tag]);
    const failing = world.cache.read(world.cache.begin(), world.lookup, () => Promise.reject(new Error('the database is away')));
    await expect(failing).rejects.toThrow('the database is away');
  });
});
