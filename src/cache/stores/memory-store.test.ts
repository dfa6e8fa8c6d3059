import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStore, type MemoryStoreOptions } from './memory-store.js';

function setUp(options: Partial<MemoryStoreOptions> = {}) {
  const clock = { time: 1000, now: () => clock.time };
  return { clock, store: new MemoryStore({ maxBytes: 100_000, prefix: 'larder', clock, ...options }) };
}

const key = (partition: string, name: string | number): string => `larder:${partition}:entity:thing:${name}`;
/** About 1,000 bytes. */
const value = (id: unknown): unknown => ({ id, text: 'x'.repeat(350) });

describe('memory store', () => {
  it('hands out what was stored, itself and frozen, until its ttl ends', async () => {
    const { store, clock } = setUp();
    const stored = { rows: [1] };
    expect(await store.set('k', stored, 100)).toBe(true);
    expect(await store.get('k')).toBe(stored);
    expect(Object.isFrozen(stored.rows)).toBe(true);
    clock.time += 99;
    expect(await store.has('k')).toBe(true);
    clock.time += 1;
    expect(await store.get('k')).toBeUndefined();
    expect(store.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  it('keeps what has no ttl, or 0, as Keyv means it', async () => {
    const { store, clock } = setUp();
    await store.set('a', 'text');
    await store.set('b', 'text', 0);
    clock.time += 1e12;
    expect(await store.getMany(['a', 'b', 'c'])).toEqual(['text', 'text', undefined]);
  });

  it('replaces, deletes and clears, and knows its bytes', async () => {
    const { store } = setUp();
    await store.setMany([{ key: key('a', 1), value: value(1) }, { key: key('b', 1), value: value(1) }]);
    const { bytes } = store.stats();
    await store.set(key('a', 1), value(2));
    expect(store.stats()).toMatchObject({ entries: 2, bytes });
    expect(await store.delete(key('a', 1))).toBe(true);
    expect(await store.deleteMany([key('a', 1), key('x', 1)])).toBe(false);
    expect(store.stats()).toMatchObject({ entries: 1, bytes: bytes / 2 });
    await store.clear();
    expect(store.stats()).toEqual({ entries: 0, bytes: 0, maxBytes: 100_000, evictions: 0 });
  });

  it('C4 stores nothing oversized or not plain, and drops what was there before under that key', async () => {
    const { store } = setUp({ maxEntryBytes: 2000 });
    for (const unfit of ['x'.repeat(1000), { at: new Date(0) }]) {
      await store.set('k', 'old');
      expect(await store.set('k', unfit)).toBe(false);
      expect(await store.get('k')).toBeUndefined();
    }
  });

  it('C4 is bounded by bytes: what was used least recently goes', async () => {
    const { store } = setUp({ maxBytes: 10_000 });
    for (let at = 0; at < 100; at++) {
      await store.get(key('a', 0));
      await store.set(key('a', at), value(at));
      expect(store.stats().bytes).toBeLessThanOrEqual(10_000);
    }
    const { entries, evictions } = store.stats();
    expect(entries + evictions).toBe(100);
    expect(entries).toBeGreaterThan(7);
    expect(store.peek(key('a', 0))).toBeDefined();
    expect(store.peek(key('a', 1))).toBeUndefined();
    expect(store.peek(key('a', 99))).toBeDefined();
  });

  it('C4 one tenant cannot push out the others: whoever holds most gives way', async () => {
    const { store } = setUp({ maxBytes: 100_000 });
    const small = ['a', 'b', 'c'];
    for (const partition of small) for (let at = 0; at < 10; at++) await store.set(key(partition, at), value(at));
    for (let at = 0; at < 5000; at++) await store.set(key('greedy', at), value(at));
    for (const partition of small) {
      for (let at = 0; at < 10; at++) expect(store.peek(key(partition, at))).toBeDefined();
    }
    expect(store.bytesOf('greedy')).toBeGreaterThan(60_000);
    // A newcomer finds room at the cost of the greedy one only.
    for (let at = 0; at < 10; at++) await store.set(key('new', at), value(at));
    expect(store.bytesOf('new')).toBeGreaterThanOrEqual(store.bytesOf('a'));
  });

  it('C4 what is no key of ours is a bucket of its own', async () => {
    const { store } = setUp({ maxBytes: 20_000 });
    await store.set(key('a', 1), value(1));
    for (let at = 0; at < 1000; at++) await store.set(`larder:apq:${at}`, 'query '.repeat(100));
    for (let at = 0; at < 1000; at++) await store.set(`other ${at}`, 'x'.repeat(1000));
    expect(store.peek(key('a', 1))).toBeDefined();
  });

  it('C4 what expired makes room before what is alive, in whichever partition', async () => {
    const { store, clock } = setUp({ maxBytes: 50_000 });
    for (let at = 0; at < 20; at++) await store.set(key('quiet', at), value(at), 10);
    clock.time += 10;
    for (let at = 0; at < 30; at++) await store.set(key('busy', at), value(at));
    expect(store.bytesOf('quiet')).toBe(0);
    expect(store.stats().evictions).toBe(0);
  });

  it('behaves like a map that forgets, whatever is done with it', () => {
    const operation = fc.record({
      kind: fc.constantFrom('set', 'set', 'set', 'get', 'delete', 'wait'),
      partition: fc.constantFrom('a', 'b', 'c', 'd'),
      name: fc.nat(12),
      size: fc.nat(400),
      ttl: fc.constantFrom(undefined, 5, 50),
    });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 300 }), (operations) => {
        const { store, clock } = setUp({ maxBytes: 6000, maxEntryBytes: 900 });
        const model = new Map<string, { text: string; until: number }>();
        for (const { kind, partition, name, size, ttl } of operations) {
          const at = key(partition, name);
          const expected = model.get(at);
          if (kind === 'set') {
            const text = 'x'.repeat(size);
            if (store.put({ key: at, value: text, ...(ttl === undefined ? {} : { ttl }) })) model.set(at, { text, until: clock.time + (ttl ?? Infinity) });
            else model.delete(at);
          } else if (kind === 'delete') {
            store.remove(at);
            model.delete(at);
          } else if (kind === 'wait') {
            clock.time += 3;
          } else {
            const found = store.peek(at);
            // It may have forgotten; what it says is right.
            if (found !== undefined) expect([found, (expected?.until ?? 0) > clock.time]).toEqual([expected?.text, true]);
          }
          expect(store.stats().bytes).toBeLessThanOrEqual(6000);
        }
        const sum = ['a', 'b', 'c', 'd'].reduce((bytes, partition) => bytes + store.bytesOf(partition), 0);
        expect(sum).toBe(store.stats().bytes);
      }),
    );
  });
});
