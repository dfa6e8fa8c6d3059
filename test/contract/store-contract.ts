import { afterEach, describe, expect, inject, it } from 'vitest';
import type { Entry } from '../../src/cache/core/entry.js';
import type { CacheKey } from '../../src/cache/core/key.js';
import { sealEntry } from '../../src/cache/core/seal.js';
import type { EntryStore, StoreWrite } from '../../src/cache/core/store.js';
import { partition } from '../../src/cache/core/tags.js';

export interface OpenStore {
  readonly store: EntryStore;
  /** Lets time pass on the clock that the store ends lifetimes by. */
  pass(milliseconds: number): Promise<void>;
}

const MINUTE = 60_000;

export function key(prefix: string, name: string | number, partition = 'downtown'): CacheKey {
  return `${prefix}:${partition}:entity:thing:${name}` as CacheKey;
}

/** An entry of which the store has to bring back everything. */
export function entryOf(value: unknown, changes: Partial<Entry> = {}): Entry {
  const now = Date.now();
  return {
    value,
    tags: ['t/downtown/things/1', 't/downtown/things/*'] as unknown as Entry['tags'],
    stamp: { epoch: 'epoch', position: 7 },
    readAt: now,
    freshUntil: now + MINUTE,
    staleUntil: now + 2 * MINUTE,
    scope: 'PRIVATE',
    cost: 1.5,
    ...changes,
  };
}

export function writeOf(at: CacheKey, entry: Entry, ttl = 2 * MINUTE): StoreWrite {
  return { key: at, entry, bytes: sealEntry(entry) ?? Infinity, ttl };
}

const valuesOf = (entries: readonly (Entry | undefined)[]): unknown[] => entries.map((entry) => entry?.value);

let prefixes = 0;

/** What every store keeps to, whatever it is made of. `open` is given a prefix that nobody else uses. */
export function storeContract(name: string, open: (prefix: string) => Promise<OpenStore>): void {
  describe(`${name} keeps the store contract`, () => {
    const opened: EntryStore[] = [];
    afterEach(async () => {
      for (const store of opened.splice(0)) {
        await store.clear();
        await store.close();
      }
    });

    async function opens(): Promise<OpenStore & { prefix: string; at: (name: string | number) => CacheKey }> {
      const prefix = `${inject('runId')}-contract:${process.pid}-${++prefixes}`;
      const { store, pass } = await open(prefix);
      opened.push(store);
      return { store, pass, prefix, at: (each) => key(prefix, each) };
    }

    it('brings back everything of an entry', async () => {
      const { store, at } = await opens();
      const entry = entryOf({ id: '1', names: { en: 'Aspirin', fr: 'Aspirine 💊' }, price: 499, gone: null, list: [1, [true, 'x']] });
      await store.setMany([writeOf(at(1), entry)]);
      expect(await store.getMany([at(1)])).toEqual([entry]);
    });

    it.each([null, '', 0, false, [], {}, 'text', 1.5])('brings back %j', async (value) => {
      const { store, at } = await opens();
      await store.setMany([writeOf(at(1), entryOf(value))]);
      expect(valuesOf(await store.getMany([at(1)]))).toEqual([value]);
    });

    it('answers in the order of the keys, undefined for what it has not, also for keys that come twice', async () => {
      const { store, at } = await opens();
      await store.setMany([writeOf(at('a'), entryOf('A')), writeOf(at('b'), entryOf('B'))]);
      const found = await store.getMany([at('x'), at('b'), at('a'), at('y'), at('b')]);
      expect(valuesOf(found)).toEqual([undefined, 'B', 'A', undefined, 'B']);
    });

    it('takes nothing for an answer, and nothing to write or to delete', async () => {
      const { store } = await opens();
      expect(await store.getMany([])).toEqual([]);
      await store.setMany([]);
      await store.deleteMany([]);
    });

    it('takes the later of two entries', async () => {
      const { store, at } = await opens();
      await store.setMany([writeOf(at(1), entryOf('old'))]);
      await store.setMany([writeOf(at(1), entryOf('new'))]);
      expect(valuesOf(await store.getMany([at(1)]))).toEqual(['new']);
    });

    it('takes many, and large ones', async () => {
      const { store, at } = await opens();
      const large = Array.from({ length: 2000 }, (_, id) => ({ id, name: `medicine ${id}` }));
      await store.setMany([...Array(300).keys()].map((id) => writeOf(at(id), entryOf(id === 7 ? large : id))));
      const values = valuesOf(await store.getMany([...Array(301).keys()].map(at)));
      expect(values[7]).toEqual(large);
      expect(values[299]).toBe(299);
      expect(values[300]).toBeUndefined();
    });

    it('forgets when the time to live has passed, not before, also for times that are no whole numbers', async () => {
      const { store, at, pass } = await opens();
      await store.setMany([writeOf(at('short'), entryOf(1, { staleUntil: Date.now() + MINUTE + 0.5 }), MINUTE + 0.5), writeOf(at('long'), entryOf(2, { staleUntil: Date.now() + 2 * MINUTE }), 2 * MINUTE)]);
      expect(valuesOf(await store.getMany([at('short'), at('long')]))).toEqual([1, 2]);
      await pass(MINUTE + 1);
      expect(valuesOf(await store.getMany([at('short'), at('long')]))).toEqual([undefined, 2]);
    });

    it('takes any time to live', async () => {
      const { store, at } = await opens();
      await store.setMany([writeOf(at(1), entryOf(1, { freshUntil: Infinity, staleUntil: Infinity }), Infinity), writeOf(at(2), entryOf(2), 0.001)]);
      expect(valuesOf(await store.getMany([at(1)]))).toEqual([1]);
    });

    it('deletes what it is told to', async () => {
      const { store, at } = await opens();
      await store.setMany([writeOf(at(1), entryOf(1)), writeOf(at(2), entryOf(2)), writeOf(at(3), entryOf(3))]);
      await store.deleteMany([at(1), at(3), at('never there')]);
      expect(valuesOf(await store.getMany([at(1), at(2), at(3)]))).toEqual([undefined, 2, undefined]);
    });

    it('deletes and clears what was to be stored before, too', async () => {
      const { store, at } = await opens();
      const storing = [store.setMany([writeOf(at(1), entryOf(1))]), store.deleteMany([at(1)]), store.setMany([writeOf(at(2), entryOf(2))]), store.clear()];
      await Promise.all(storing);
      expect(valuesOf(await store.getMany([at(1), at(2)]))).toEqual([undefined, undefined]);
    });

    it('clears what is under its prefix, and nothing of others', async () => {
      const { store, prefix, at } = await opens();
      const other = await opens();
      await store.setMany([...Array(2500).keys()].map((id) => writeOf(at(id), entryOf(id))));
      await store.setMany([writeOf(key(prefix, 1, 'riverside'), entryOf('other partition'))]);
      await other.store.setMany([writeOf(other.at(1), entryOf('kept'))]);
      await store.clear();
      expect(valuesOf(await store.getMany([at(0), at(2499), key(prefix, 1, 'riverside')]))).toEqual([undefined, undefined, undefined]);
      expect(valuesOf(await other.store.getMany([other.at(1)]))).toEqual(['kept']);
    });

    it('clears one partition, and nothing of others', async () => {
      const { store, prefix, at } = await opens();
      const kept = [key(prefix, 1, 'riverside'), key(prefix, 1, 'downtown-2'), key(prefix, 1, 'global')];
      await store.setMany([...[...Array(1500).keys()].map((id) => writeOf(at(id), entryOf(id))), ...kept.map((each) => writeOf(each, entryOf('kept')))]);
      await store.clearPartition(partition('nobody'));
      await store.clearPartition(partition('downtown'));
      expect(valuesOf(await store.getMany([at(0), at(1499), ...kept]))).toEqual([undefined, undefined, 'kept', 'kept', 'kept']);
      await store.setMany([writeOf(at(1), entryOf('new'))]);
      expect(valuesOf(await store.getMany([at(1)]))).toEqual(['new']);
    });

    it('C4 does not store what is oversized (1 MiB unless told otherwise)', async () => {
      const { store, at } = await opens();
      await store.setMany([writeOf(at('large'), entryOf('x'.repeat(600_000))), writeOf(at('small'), entryOf('x'.repeat(100_000)))]);
      expect((await store.getMany([at('large'), at('small')])).map((entry) => entry !== undefined)).toEqual([false, true]);
    });

    it('tells how it is', async () => {
      const { store, at } = await opens();
      await store.setMany([writeOf(at(1), entryOf(1))]);
      const { tiers } = await store.stats();
      for (const tier of tiers) {
        expect(tier).toMatchObject({ healthy: true, timeouts: 0, errors: 0 });
        if (tier.kind === 'memory') expect(tier).toMatchObject({ entries: 1, evictions: 0, bytes: expect.any(Number) as number });
        else expect(tier.server).toMatchObject({ version: expect.stringMatching(/^\d+\./) as string, clients: expect.any(Number) as number });
      }
    });

    it('closed, it answers that it has nothing, or what it has, and rejects nothing', async () => {
      const { store, at } = await opens();
      await store.close();
      await store.close();
      await expect(store.getMany([at(1)])).resolves.toEqual([undefined]);
      await expect(store.setMany([writeOf(at(1), entryOf(1))])).resolves.toBeUndefined();
      await expect(store.deleteMany([at(1)])).resolves.toBeUndefined();
      await expect(store.clear()).resolves.toBeUndefined();
      await expect(store.clearPartition(partition('downtown'))).resolves.toBeUndefined();
    });
  });
}
