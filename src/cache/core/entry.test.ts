import { describe, expect, it, vi } from 'vitest';
import { judge, judgeAgain, type Entry } from './entry.js';
import { Identities } from './key.js';
import { LedgerCopy } from './ledger.js';
import { EVERYTHING, GLOBAL, partition, tags } from './tags.js';

const own = partition('downtown');
const row = tags.row(own, 'medicines', '1');
const of = new Identities('larder', 'd').of({ layer: 'entity', name: 'medicine', version: '1', profile: 'detail' }, own, '1');

/** Stamped at position 10 at time 1000, fresh until 2000, stale until 3000. */
const entry: Entry = {
  value: { id: '1' },
  tags: [row],
  stamp: { epoch: 'e1', position: 10 },
  readAt: 1000,
  freshUntil: 2000,
  staleUntil: 3000,
  scope: 'PUBLIC',
  cost: 1,
};

function ledgerWith(change: (copy: LedgerCopy) => void = () => undefined): LedgerCopy {
  const copy = new LedgerCopy('e1');
  copy.advance(20);
  change(copy);
  return copy;
}

const verdict = (ledger: LedgerCopy, now = 1500) => judge(entry, of, { ledger, now });

describe('judging an entry', () => {
  it('is fresh until freshUntil, stale until staleUntil, then expired; each end belongs to what follows', () => {
    const ledger = ledgerWith();
    expect([1000, 1999, 2000, 2999, 3000].map((now) => verdict(ledger, now))).toEqual(['fresh', 'fresh', 'stale', 'stale', 'expired']);
  });

  it('F1 is invalidated by a tag whose last invalidation came after its stamp, and by none before', () => {
    expect(verdict(ledgerWith((copy) => copy.record(row, 10)))).toBe('fresh');
    expect(verdict(ledgerWith((copy) => copy.record(row, 11)))).toBe('invalidated');
    expect(verdict(ledgerWith((copy) => copy.record(tags.row(own, 'medicines', '2'), 11)))).toBe('fresh');
  });

  it.each([EVERYTHING, ...of.implied])('is invalidated by %s, which it need not carry', (tag) => {
    expect(verdict(ledgerWith((copy) => copy.record(tag, 11)))).toBe('invalidated');
  });

  it('F5 is a miss under another epoch, however new', () => {
    expect(verdict(new LedgerCopy('e2'))).toBe('epoch');
  });

  it('F5 is a miss when tags were trimmed that could have invalidated it, in its partition or the global one', () => {
    expect(verdict(ledgerWith((copy) => copy.raiseFloor(own, 10)))).toBe('fresh');
    expect(verdict(ledgerWith((copy) => copy.raiseFloor(own, 11)))).toBe('trimmed');
    expect(verdict(ledgerWith((copy) => copy.raiseFloor(GLOBAL, 11)))).toBe('trimmed');
    expect(verdict(ledgerWith((copy) => copy.raiseFloor(partition('riverside'), 11)))).toBe('fresh');
  });

  it('F4 is unreadable while a change of it is committed and not in the ledger', () => {
    for (const tag of [row, tags.partition(own)]) {
      const ledger = ledgerWith((copy) => copy.suspend([tag]));
      expect(verdict(ledger)).toBe('pending');
      ledger.settle([tag]);
      expect(verdict(ledger)).toBe('fresh');
    }
  });

  it('F5 never becomes valid again by a clock that goes back', () => {
    expect(verdict(ledgerWith((copy) => copy.record(row, 11)), 0)).toBe('invalidated');
  });
});

describe('judging an entry again', () => {
  const again = (ledger: LedgerCopy, now = 1500) => judgeAgain(entry, of, { ledger, now });

  it.each<readonly [string, (copy: LedgerCopy) => void]>([
    ['a tag of its own is invalidated', (copy) => copy.record(row, 21)],
    ['one is that follows from what it is', (copy) => copy.record(EVERYTHING, 21)],
    ['one is pending', (copy) => copy.suspend([row])],
    ['the floor of its partition rises', (copy) => copy.raiseFloor(own, 21)],
    ['another epoch begins', (copy) => copy.restart('e2', 0)],
  ])('F1 says what judging it says, before and after %s', (_, change) => {
    const ledger = ledgerWith();
    expect(again(ledger)).toBe('fresh');
    change(ledger);
    expect(again(ledger)).not.toBe('fresh');
    expect(again(ledger)).toBe(verdict(ledger));
  });

  it('F1 a change that is not pending any more is one that was applied', () => {
    const ledger = ledgerWith((copy) => copy.suspend([row]));
    expect(again(ledger)).toBe('pending');
    ledger.settle([row]);
    expect(again(ledger)).toBe('fresh');
    expect(again(ledgerWith((copy) => copy.record(row, 21)))).toBe('invalidated');
  });

  it('F5 ends its life by the time alone', () => {
    const ledger = ledgerWith();
    expect([1999, 2000, 3000].map((now) => again(ledger, now))).toEqual(['fresh', 'stale', 'expired']);
  });

  it('looks its tags up once for each change of the copy', () => {
    const ledger = ledgerWith();
    const lookedUp = vi.spyOn(ledger, 'positionOf');
    again(ledger);
    const once = lookedUp.mock.calls.length;
    again(ledger);
    expect(lookedUp).toHaveBeenCalledTimes(once);
    ledger.record(tags.row(own, 'medicines', '2'), 21);
    lookedUp.mockClear();
    again(ledger);
    expect(lookedUp).toHaveBeenCalledTimes(once);
  });
});
