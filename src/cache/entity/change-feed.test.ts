import { describe, expect, it } from 'vitest';
import { NOTHING } from '../core/mechanisms.js';
import { partition, tags, type Tag } from '../core/tags.js';
import { MemoryLedger } from '../stores/memory-ledger.js';
import { ChangeFeed } from './change-feed.js';

const own = partition('own');
const change = { table: 'rows', partition: 'own', images: [{ id: 1, colour: 'red' }] };

function setUp() {
  const ledger = new MemoryLedger({ clock: { now: () => 0 } });
  const world = { ledger, away: false, invalidated: [] as Tag[] };
  const feed = new ChangeFeed({
    ledger,
    without: NOTHING,
    invalidate: (invalidated) => {
      if (world.away) return Promise.reject(new Error('away'));
      world.invalidated.push(...invalidated);
      return ledger.invalidate(invalidated);
    },
  });
  return { ...world, world, feed };
}

describe('the feed of changes', () => {
  it('F6 emits the predicates of lists of any version that has made them known', async () => {
    const { feed, world } = setUp();
    await feed.apply([change]);
    expect(world.invalidated).not.toContain(tags.predicate(own, 'rows', { colour: 'red' }));
    feed.learn([{ table: 'rows', columns: ['colour'] }]);
    await feed.apply([change]);
    expect(world.invalidated).toContain(tags.predicate(own, 'rows', { colour: 'red' }));
  });

  it('F4 makes unreadable what it could not apply, until a poll that began afterwards', async () => {
    const { feed, ledger, world } = setUp();
    const row = tags.row(own, 'rows', 1);
    const before = performance.now();
    world.away = true;
    expect(await feed.applyOwn([change])).toBeNull();
    expect(ledger.isPending([row])).toBe(true);
    feed.polled({ beganAt: before, epoch: ledger.epoch });
    expect(ledger.isPending([row])).toBe(true);
    feed.polled({ beganAt: performance.now() + 1, epoch: 'another' });
    expect(ledger.isPending([row])).toBe(true);
    feed.polled({ beganAt: performance.now() + 1, epoch: ledger.epoch });
    expect(ledger.isPending([row])).toBe(false);
  });
});
