import { afterEach, describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/cache/core/ledger.js';
import { GLOBAL, partition, tags } from '../../src/cache/core/tags.js';

const own = partition('downtown');
const row = tags.row(own, 'medicines', '1');
const other = tags.row(own, 'medicines', '2');

/** What every ledger keeps to, as one node sees it. */
export function ledgerContract(name: string, open: (options: { readonly maxTags?: number }) => Promise<Ledger>): void {
  describe(`${name} keeps the ledger contract`, () => {
    const opened: Ledger[] = [];
    afterEach(async () => {
      for (const ledger of opened.splice(0)) await ledger.close();
    });

    async function opens(options: { readonly maxTags?: number } = {}): Promise<Ledger> {
      const ledger = await open(options);
      opened.push(ledger);
      return ledger;
    }

    it('F3 covers an invalidation with its own copy when that has resolved', async () => {
      const ledger = await opens();
      const before = ledger.stamp();
      const { epoch, position } = await ledger.invalidate([row, tags.table(own, 'medicines')]);
      expect(epoch).toBe(before.epoch);
      expect(position).toBeGreaterThan(before.position);
      expect([ledger.positionOf(row), ledger.positionOf(tags.table(own, 'medicines')), ledger.positionOf(other)]).toEqual([position, position, 0]);
      expect(ledger.stamp()).toEqual({ epoch, position });
      expect(ledger.position).toBe(position);
    });

    it('F1 gives every invalidation a later position, also of the same tag', async () => {
      const ledger = await opens();
      const positions: number[] = [];
      for (const tag of [row, other, row, row]) positions.push((await ledger.invalidate([tag])).position);
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      expect([ledger.positionOf(row), ledger.positionOf(other)]).toEqual([positions[3], positions[1]]);
    });

    it('says where each tag stood before', async () => {
      const ledger = await opens();
      const { position } = await ledger.invalidate([row]);
      const { replaced } = await ledger.invalidate([row, other, row]);
      expect([replaced.get(row), replaced.get(other)]).toEqual([position, 0]);
    });

    it('F3 says of a tag that was trimmed where it can have stood at most', async () => {
      const ledger = await opens({ maxTags: 20 });
      const { position } = await ledger.invalidate([row]);
      for (let id = 100; id < 140; id++) await ledger.invalidate([tags.row(own, 'medicines', id)]);
      expect(ledger.positionOf(row)).toBe(0);
      const { replaced } = await ledger.invalidate([row]);
      expect(replaced.get(row)).toBeGreaterThanOrEqual(position);
    });

    it('takes many tags at once, and none', async () => {
      const ledger = await opens();
      const many = Array.from({ length: 2000 }, (_, id) => tags.row(own, 'medicines', id));
      const { position } = await ledger.invalidate(many);
      expect(many.every((tag) => ledger.positionOf(tag) === position)).toBe(true);
      const none = await ledger.invalidate([]);
      expect(none.position).toBe(ledger.position);
    });

    it('F4 tells what is suspended until it is settled', async () => {
      const ledger = await opens();
      ledger.suspend([row]);
      expect([ledger.hasPending, ledger.isPending([other, row]), ledger.isPending([other])]).toEqual([true, true, false]);
      // The row, and with it the tag of its table.
      expect(ledger.report().pending).toBe(2);
      ledger.settle([row]);
      expect(ledger.hasPending).toBe(false);
    });

    it('reports what it holds', async () => {
      const ledger = await opens();
      const { epoch, position } = await ledger.invalidate([row, other]);
      await ledger.sync();
      expect(ledger.report()).toMatchObject({ epoch, position, pending: 0, trusted: true });
      expect(ledger.standing()).toBe('trusted');
      expect(ledger.floorOf(own)).toBeLessThanOrEqual(position);
      expect(ledger.floorOf(GLOBAL)).toBeLessThanOrEqual(position);
    });

    it('measures time', async () => {
      const ledger = await opens();
      const before = ledger.now();
      expect(before).toBeGreaterThan(0);
      expect(ledger.now()).toBeGreaterThanOrEqual(before);
    });
  });
}
