import { Keyv } from 'keyv';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Guard } from './guard.js';
import { GuardedStore } from './guarded-store.js';
import { MemoryStore } from './memory-store.js';
import { PersistedQueryStore } from './persisted-query-store.js';

const clock = { now: () => 0 };
const text = 'query Example { viewer { id } }';

function setUp(tiers: { near: boolean; far: boolean }) {
  const memory = new MemoryStore({ maxBytes: 100_000, prefix: 'larder', clock });
  const elsewhere = new MemoryStore({ maxBytes: 100_000, prefix: 'larder', clock });
  const redis = new GuardedStore(elsewhere, new Guard({ probe: () => Promise.resolve() }));
  const store = new PersistedQueryStore({ memory: tiers.near ? memory : null, redis: tiers.far ? redis : null, maxBytes: 10_000 });
  return { memory, elsewhere, keyv: new Keyv<string>({ store, namespace: 'larder', ttl: 1000 }) };
}

afterEach(() => {
  vi.useRealTimers();
});

describe('persisted queries', () => {
  it.each([
    { near: true, far: false },
    { near: false, far: true },
    { near: true, far: true },
  ])('are kept and forgotten with %o', async (tiers) => {
    const { keyv } = setUp(tiers);
    expect(await keyv.get('apq:1')).toBeUndefined();
    expect(await keyv.set('apq:1', text)).toBe(true);
    expect(await keyv.get<string>(['apq:1', 'apq:2', 'apq:1'])).toEqual([text, undefined, text]);
    expect(await keyv.delete('apq:1')).toBe(true);
    expect(await keyv.get('apq:1')).toBeUndefined();
    expect(await keyv.delete('apq:1')).toBe(false);
  });

  it('C1 that were found elsewhere once are found here from then on', async () => {
    const { memory, elsewhere, keyv } = setUp({ near: true, far: true });
    await keyv.set('apq:1', text);
    await memory.clear();
    expect(await keyv.get('apq:1')).toBe(text);
    await elsewhere.clear();
    expect(await keyv.get('apq:1')).toBe(text);
  });

  it('C4 that are too long are not kept', async () => {
    const { elsewhere, memory, keyv } = setUp({ near: true, far: true });
    expect(await keyv.set('apq:1', 'x'.repeat(6000))).toBe(false);
    expect([memory.stats().entries, elsewhere.stats().entries]).toEqual([0, 0]);
  });

  it('end with their lifetime, also where they were only found', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { memory, keyv } = setUp({ near: true, far: true });
    await keyv.set('apq:1', text, 1);
    await memory.clear();
    await keyv.get('apq:1');
    vi.setSystemTime(Date.now() + 5);
    expect(await keyv.get('apq:1')).toBeUndefined();
    expect(memory.stats().entries).toBe(0);
  });
});
