import { describe, expect, it } from 'vitest';
import { MemoryLedger } from '../stores/memory-ledger.js';
import { openStores } from '../stores/open-stores.js';
import { silentLogger } from '../../lib/logger.js';
import { Cache, type Loaded, type Lookup } from './cache.js';
import { Collector } from './collector.js';
import type { Standing } from './standing.js';
import { partition, tags, type Tag } from './tags.js';

const own = partition('downtown');
const row = (id: number): Tag => tags.row(own, 'things', id);

class ChangingLedger extends MemoryLedger {
  is: Standing = 'trusted';

  override standing(): Standing {
    return this.is;
  }
}

async function setUp(maxTags?: number) {
  const clock = { time: 10_000, now: () => clock.time };
  const ledger = new ChangingLedger({ clock, ...(maxTags === undefined ? {} : { maxTags }) });
  const { store } = await openStores({ redis: null, memoryBytes: 1e6, prefix: 'test', clock, now: clock.now, logger: silentLogger });
  const cache = new Cache({ store, ledger, prefix: 'test', databaseId: 'd', enabled: true, onBackgroundError: () => undefined });
  const lookup: Lookup = {
    identity: cache.identities.of({ layer: 'entity', name: 'thing', version: '1' }, own, 1),
    policy: { maxAge: 60_000, staleWhileRevalidate: 0, scope: 'PUBLIC' },
  };
  const loaded = (value: string): Loaded<string> => {
    const collector = new Collector(own);
    collector.tag(row(1));
    return { value, collector };
  };
  const request = cache.begin();
  return {
    clock,
    ledger,
    cache,
    store: async (value: string, { before = ledger.stamp(), meanwhile = async (): Promise<unknown> => undefined } = {}) => {
      await meanwhile();
      const invalidation = await cache.invalidate([row(1)]);
      await cache.writeThrough(request, [{ ...lookup, ...loaded(value) }], { before, invalidation });
    },
    read: async (): Promise<string> => (await cache.read(cache.begin(), lookup, async () => loaded('from the source'))).value,
  };
}

describe('write-through', () => {
  it('stores what a transaction has committed, for the next read', async () => {
    const { store, read } = await setUp();
    await store('written');
    expect(await read()).toBe('written');
  });

  it('F3 stores nothing when another change of the same was applied since the transaction began', async () => {
    const { cache, store, read } = await setUp();
    await store('written', { meanwhile: () => cache.invalidate([row(1)]) });
    expect(await read()).toBe('from the source');
  });

  it('F3 stores nothing when another change of the same was applied and trimmed from the ledger since', async () => {
    const { ledger, cache, store, read } = await setUp(20);
    await store('written', {
      meanwhile: async () => {
        // Committed after this one, and answered: whoever reads from now on has to see it.
        await cache.invalidate([row(1)]);
        for (let id = 100; id < 140; id++) await cache.invalidate([row(id)]);
        expect(ledger.positionOf(row(1))).toBe(0);
      },
    });
    expect(await read()).toBe('from the source');
  });

  it('F1 what another change overtakes afterwards is not served', async () => {
    const { cache, store, read } = await setUp();
    await store('written');
    await cache.invalidate([row(1)]);
    expect(await read()).toBe('from the source');
  });

  it('F3 is no younger than its request: a node that became alone meanwhile shares it no longer than others may wait', async () => {
    const { clock, ledger, store, read } = await setUp();
    ledger.is = 'alone';
    await store('written', { meanwhile: async () => (clock.time += 1000) });
    expect(await read()).toBe('from the source');
  });

  it('F5 stores nothing when the ledger began another epoch since', async () => {
    const { ledger, store, read } = await setUp();
    await store('written', { before: { ...ledger.stamp(), epoch: 'another' } });
    expect(await read()).toBe('from the source');
  });
});
