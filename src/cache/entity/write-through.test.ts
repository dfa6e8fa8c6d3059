import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../lib/logger.js';
import { Cache } from '../core/cache.js';
import type { Committed } from '../core/committed.js';
import { Reader } from '../core/reader.js';
import { partition, tags } from '../core/tags.js';
import { MemoryLedger } from '../stores/memory-ledger.js';
import { openStores } from '../stores/open-stores.js';
import { defineEntityLoader } from './define-entity-loader.js';

interface Row {
  readonly id: string;
  readonly price: number;
}

const own = partition('own');
const tag = tags.row(own, 'written_rows', 'a');

async function setUp() {
  const clock = { now: () => 1000 };
  const ledger = new MemoryLedger({ clock });
  const { store } = await openStores({ redis: null, memoryBytes: 1e6, prefix: 'test', clock, now: clock.now, logger: silentLogger });
  const cache = new Cache({ store, ledger, prefix: 'test', databaseId: 'd', enabled: true, onBackgroundError: () => undefined });
  const world = { price: 1, loads: 0 };
  const byId = defineEntityLoader<typeof world, string, Row>({
    name: 'written',
    table: 'written_rows',
    partition: 'own',
    policy: { maxAge: 60_000, staleWhileRevalidate: 0, scope: 'PUBLIC' },
    version: '1',
    keyColumn: 'id',
    batch: (source, ids) => {
      source.loads++;
      return Promise.resolve(ids.map((id) => ({ id, price: source.price })));
    },
    keyOf: ({ id }) => id,
  });
  const reader = (): Reader<typeof world> => new Reader({ cache, request: cache.begin(), partition: own, sources: () => world });
  const read = async (): Promise<number | undefined> => (await reader().load(byId).load('a'))?.price;
  return { cache, ledger, world, byId, reader, read };
}

type World = Awaited<ReturnType<typeof setUp>>;

/** Our transaction: commits a price, and whatever happens between that and its invalidation. */
async function transaction({ ledger, world, byId, reader }: World, price: number, meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  const before = ledger.stamp();
  const ours = reader();
  world.price = price;
  await meanwhile();
  const committed: Committed = { before, invalidation: await ledger.invalidate([tag]) };
  await byId.committed({ id: 'a', price })(ours, committed);
}

describe('write-through', () => {
  it('F3 stores the committed row under its own invalidation: the next read loads nothing', async () => {
    const world = await setUp();
    await world.read();
    await transaction(world, 2);
    expect(await world.read()).toBe(2);
    expect(world.world.loads).toBe(1);
  });

  it('F1 stores nothing when another change of the row was applied in between: it may be the later one', async () => {
    const world = await setUp();
    await transaction(world, 2, async () => {
      // Committed after ours, and applied before it.
      world.world.price = 3;
      await world.ledger.invalidate([tag]);
    });
    expect(await world.read()).toBe(3);
  });

  it('F1 what is applied afterwards makes the stored row invalid', async () => {
    const world = await setUp();
    await transaction(world, 2);
    world.world.price = 4;
    await world.ledger.invalidate([tag]);
    expect(await world.read()).toBe(4);
  });

  it('F5 stores nothing when another epoch began in between', async () => {
    const world = await setUp();
    const before = { ...world.ledger.stamp(), epoch: 'another' };
    const invalidation = await world.ledger.invalidate([tag]);
    world.world.price = 5;
    await world.byId.committed({ id: 'a', price: 2 })(world.reader(), { before, invalidation });
    expect(await world.read()).toBe(5);
  });
});
