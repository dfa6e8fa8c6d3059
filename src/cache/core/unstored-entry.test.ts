import { describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../lib/logger.js';
import { MemoryLedger } from '../stores/memory-ledger.js';
import { openStores } from '../stores/open-stores.js';
import { Cache, type Lookup } from './cache.js';
import { Collector } from './collector.js';
import { Reader } from './reader.js';
import { partition, tags } from './tags.js';

const own = partition('own');
const tag = tags.row(own, 'rows', 1);

/** A reader of what is never stored, beside a cache that would store it if it were told nothing else. */
async function world() {
  const clock = { time: 10_000, now: () => clock.time };
  const { store } = await openStores({ redis: null, memoryBytes: 1e6, prefix: 'test', clock, now: clock.now, logger: silentLogger });
  const cache = new Cache({ store, ledger: new MemoryLedger({ clock }), prefix: 'test', databaseId: 'd', enabled: true, onBackgroundError: () => undefined });
  const lookup = (name: string, maxAge: number): Lookup => ({
    identity: cache.identities.of({ layer: 'entity', name, version: '1' }, own, 1),
    policy: { maxAge, staleWhileRevalidate: maxAge, scope: 'PUBLIC' },
  });
  const tagsLater = vi.fn(() => [tag]);
  const row = (maxAge: number) => cache.read(cache.begin(), lookup('row', maxAge), () => Promise.resolve({ value: 'a row', collector: new Collector(own, false), tagsLater }));
  const readerInto = (collector: Collector) => new Reader({ cache, request: cache.begin(), partition: own, sources: () => null, collector });
  return { cache, lookup, tagsLater, row, readerInto };
}

describe('what is never stored', () => {
  it.each([0, 60_000])('F6 is over at once under a maxAge of %i: nothing lasts without its tags', async (maxAge) => {
    const { cache, lookup, row } = await world();
    await row(maxAge);
    await cache.drain();
    expect(await cache.store.getMany([lookup('row', maxAge).identity.key])).toEqual([undefined]);
  });

  it('P4 is the end of whatever contains it', async () => {
    const { cache, lookup, row, readerInto } = await world();
    const around = lookup('around', 60_000);
    await cache.read(cache.begin(), around, async () => {
      const collector = new Collector(own);
      return { value: readerInto(collector).take(await row(0)), collector };
    });
    await cache.drain();
    expect(await cache.store.getMany([around.identity.key])).toEqual([undefined]);
  });

  it('has its tags for who collects them, and makes none for who does not', async () => {
    const { row, tagsLater, readerInto } = await world();
    readerInto(new Collector(own, false)).take(await row(0));
    expect(tagsLater).not.toHaveBeenCalled();
    const collector = new Collector(own);
    readerInto(collector).take(await row(0));
    expect(collector.tags).toEqual([tag]);
  });
});
