import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../lib/logger.js';
import { MemoryLedger } from '../stores/memory-ledger.js';
import { openStores } from '../stores/open-stores.js';
import { Cache } from './cache.js';
import { Collector } from './collector.js';
import { LedgerCopy } from './ledger.js';
import type { Policy } from './policy.js';
import { BYPASS, covers, isCovered, positionToken } from './position-token.js';
import type { CacheRequest } from './request.js';
import { partition, tags } from './tags.js';

const epoch = '0bdcd491-0f4e-4388-adc8-d666bb331f44';
const copyAt = (position: number): LedgerCopy => {
  const copy = new LedgerCopy(epoch);
  copy.advance(position);
  return copy;
};

describe('F3 a position token', () => {
  it('is covered by a copy that is there, or further', () => {
    const token = positionToken({ epoch, position: 7 });
    expect(token).toBe(`${epoch}:7`);
    expect([6, 7, 8].map((position) => covers(copyAt(position), token))).toEqual([false, true, true]);
  });

  it.each([
    ['of another epoch', '1bdcd491-0f4e-4388-adc8-d666bb331f44:1'],
    ['of a pending invalidation', BYPASS],
    ['without a position', `${epoch}:`],
    ['with a negative position', `${epoch}:-1`],
    ['with a position that is no number', `${epoch}:1e1`],
    ['with too large a position', `${epoch}:99999999999999999`],
    ['with more behind it', `${epoch}:1 `],
    ['of an epoch that is none', `${'g'.repeat(36)}:1`],
    ['that is empty', ''],
  ])('%s is not covered', (_, token) => {
    expect(covers(copyAt(100), token)).toBe(false);
  });
});

describe('a request that proved a position', () => {
  const own = partition('own');
  const tag = tags.row(own, 'books', '1');
  const policy: Policy = { maxAge: 1000, staleWhileRevalidate: 0, scope: 'PUBLIC' };

  /** Hears of another node's change only when it is synced, as a copy of a shared ledger does. */
  class LateLedger extends MemoryLedger {
    override async sync(): Promise<void> {
      await this.invalidate([tag]);
    }
  }

  it.each(['before its context is made', 'afterwards'])('F3 joins no load from before it, and remembers nothing of before: proved %s', async (when) => {
    const clock = { now: () => 0 };
    const ledger = new LateLedger({ clock });
    const { store } = await openStores({ redis: null, memoryBytes: 1e6, prefix: 'test', clock, now: clock.now, logger: silentLogger });
    const cache = new Cache({ store, ledger, prefix: 'test', databaseId: 'd', enabled: true, onBackgroundError: () => undefined });
    const identity = cache.identities.of({ layer: 'value', name: 'title', version: '1' }, own, null);
    let title = 'old';
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const read = (request: CacheRequest, wait?: Promise<void>): Promise<unknown> =>
      cache.read(request, { identity, policy }, async () => {
        const value = title;
        await wait;
        const collector = new Collector(own);
        collector.tag(tag);
        return { value, collector };
      }).then((entry) => entry.value);

    const early = read(cache.begin(), held);
    await new Promise((resolve) => setImmediate(resolve));
    title = 'new';
    const after = positionToken({ epoch: ledger.epoch, position: ledger.position + 1 });
    let request: CacheRequest;
    if (when === 'afterwards') {
      request = cache.begin();
      const before = request.memo({ owner: policy, of: own }, () => 'read before');
      expect(await isCovered(ledger, after)).toBe(true);
      request.prove(after);
      expect(request.memo({ owner: policy, of: own }, () => 'read after')).not.toBe(before);
    } else request = await cache.beginAfter(after);
    expect([request.bypass, request.proved]).toEqual([false, after]);
    const late = read(request);
    release();
    expect(await late).toBe('new');
    expect(await early).toBe('old');
    expect(await read(await cache.beginAfter(after))).toBe('new');
  });

  it('F3 bypasses where the position is not covered', async () => {
    const clock = { now: () => 0 };
    const ledger = new MemoryLedger({ clock });
    const { store } = await openStores({ redis: null, memoryBytes: 1e6, prefix: 'test', clock, now: clock.now, logger: silentLogger });
    const cache = new Cache({ store, ledger, prefix: 'test', databaseId: 'd', enabled: true, onBackgroundError: () => undefined });
    expect((await cache.beginAfter(positionToken({ epoch: ledger.epoch, position: 7 }))).bypass).toBe(true);
    expect((await cache.beginAfter(BYPASS)).bypass).toBe(true);
  });
});
