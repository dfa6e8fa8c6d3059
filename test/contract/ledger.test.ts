import { describe, expect, it } from 'vitest';
import { MemoryLedger } from '../../src/cache/stores/memory-ledger.js';
import { partition, tags } from '../../src/cache/core/tags.js';
import { systemClock } from '../../src/lib/clock.js';
import { ledgerContract } from './ledger-contract.js';

ledgerContract('the ledger in memory', async (options) => new MemoryLedger({ clock: systemClock, ...options }));

describe('the ledger in memory', () => {
  const row = (id: number) => tags.row(partition('downtown'), 'medicines', id);

  it('F5 has another epoch in every process and at every start', () => {
    expect(new MemoryLedger({ clock: systemClock }).epoch).not.toBe(new MemoryLedger({ clock: systemClock }).epoch);
  });

  it('measures lifetimes on the clock it is given', () => {
    expect(new MemoryLedger({ clock: { now: () => 42 } }).now()).toBe(42);
  });

  it('C4 F5 is bounded: what it forgets makes older entries invalid, never valid', async () => {
    const ledger = new MemoryLedger({ clock: systemClock, maxTags: 100 });
    for (let id = 0; id < 1000; id++) await ledger.invalidate([row(id)]);
    expect(ledger.report().tags).toBeLessThanOrEqual(100);
    const floor = ledger.floorOf(partition('downtown'));
    for (let id = 0; id < 1000; id++) {
      const position = id + 1;
      expect(ledger.positionOf(row(id)) === position || position <= floor).toBe(true);
    }
  });
});
