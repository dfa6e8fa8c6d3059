import { describe, expect, it } from 'vitest';
import { LedgerCopy } from './ledger.js';
import { EVERYTHING, GLOBAL, partition, tags } from './tags.js';

const own = partition('downtown');
const other = partition('riverside');
const row = (id: number, of = own) => tags.row(of, 'medicines', id);

describe('copy of the ledger', () => {
  it('knows the last position of a tag, and 0 for one never invalidated', () => {
    const copy = new LedgerCopy('e');
    copy.record(row(1), 3);
    copy.record(row(1), 5);
    copy.record(row(1), 4);
    expect(copy.positionOf(row(1))).toBe(5);
    expect(copy.positionOf(row(2))).toBe(0);
  });

  it('never goes back', () => {
    const copy = new LedgerCopy('e');
    copy.advance(7);
    copy.advance(5);
    expect(copy.position).toBe(7);
    copy.raiseFloor(own, 4);
    copy.raiseFloor(own, 2);
    expect(copy.floorOf(own)).toBe(4);
  });

  it('C4 F5 is bounded: trims the tags untouched for longest and raises the floor of their partitions above them', () => {
    const copy = new LedgerCopy('e', 20);
    copy.record(row(0, other), 1);
    for (let position = 2; position <= 20; position++) copy.record(row(position), position);
    copy.record(row(2), 21); // touched again: no longer the oldest
    copy.record(row(22), 22);
    expect(copy.size).toBe(19);
    // Of 22 positions one is the table's, which moves with each of its rows.
    expect([copy.floorOf(other), copy.floorOf(own)]).toEqual([1, 4]);
    expect(copy.positionOf(row(2))).toBe(21);
    expect(copy.positionOf(row(3))).toBe(0);
  });

  it('C4 F5 counts a trimmed tag that spans partitions for all of them', () => {
    const copy = new LedgerCopy('e', 10);
    copy.record(EVERYTHING, 1);
    for (let position = 2; position <= 11; position++) copy.record(row(position), position);
    expect([copy.floorOf(GLOBAL), copy.floorOf(other), copy.floorOf(own)]).toEqual([1, 1, 2]);
  });

  it('F6 whatever reaches a row or a predicate reaches what carries its table: entries collapse many tags into that one', () => {
    const table = tags.table(own, 'medicines');
    const some = [row(1), tags.predicate(own, 'medicines', { price: 1 }), tags.everyRow(own, 'medicines'), tags.narrow(own, 'medicines', { values: { price: 1 }, watched: ['name'] })];
    for (const [index, tag] of some.entries()) {
      const copy = new LedgerCopy('e');
      copy.record(tag, index + 1);
      copy.record(row(1, other), 9);
      expect(copy.positionOf(table)).toBe(index + 1);
      copy.suspend([tag]);
      expect(copy.isPending([table])).toBe(true);
      copy.settle([tag]);
      expect(copy.hasPending).toBe(false);
    }
    const copy = new LedgerCopy('e');
    for (const tag of [tags.partition(own), tags.field(own, 'Query.medicines'), tags.key('k:a/b?c'), EVERYTHING]) copy.record(tag, 5);
    expect(copy.positionOf(table)).toBe(0);
  });

  it('F4 counts suspensions: a tag is pending until each has been settled', () => {
    const copy = new LedgerCopy('e');
    copy.suspend([row(1), row(2)]);
    copy.suspend([row(1)]);
    copy.settle([row(1), row(2)]);
    expect([copy.hasPending, copy.isPending([row(1)]), copy.isPending([row(2)])]).toEqual([true, true, false]);
    copy.settle([row(1)]);
    expect(copy.hasPending).toBe(false);
    copy.settle([row(1)]);
    copy.suspend([row(1)]);
    expect(copy.isPending([row(1)])).toBe(true);
  });

  it('F5 forgets everything with its epoch, but what is pending', () => {
    const copy = new LedgerCopy('e');
    copy.record(row(1), 9);
    copy.raiseFloor(own, 9);
    copy.advance(9);
    copy.suspend([row(2)]);
    copy.restart('f', 3);
    expect([copy.epoch, copy.position, copy.positionOf(row(1)), copy.floorOf(own), copy.size]).toEqual(['f', 3, 0, 0, 0]);
    expect(copy.isPending([row(2)])).toBe(true);
  });
});
