import { describe, expect, it } from 'vitest';
import { judge } from './judge.js';
import type { Observation, Read } from './observation.js';
import { answer, type Version } from './register.js';
import { REORDER_LEVEL, shelfOf, type MedicineState, type Shelf } from './shelves.js';

const initial: MedicineState = { exists: true, price: 1, name: 'alpha 01', categoryId: 'a', rank: 1, discontinued: false };

function stocked(): Shelf {
  const rows = ['x', 'y'].map((id) => ({ id, state: initial, stock: { quantity: 5_000 } }));
  return shelfOf({ tenant: 't', tenantId: 't', categoryIds: ['a', 'b'] }, rows);
}

const row = (shelf: Shelf, at = 0) => {
  const found = shelf.rows[at];
  if (found === undefined) throw new Error('no such row');
  return found;
};

/** Answered by a node, or written in SQL where the node is null. */
function write(shelf: Shelf, change: Partial<MedicineState>, { node = 0, start = 1_000, end = 1_010 }: { node?: number | null; start?: number; end?: number } = {}): Version<MedicineState> {
  const { medicine } = row(shelf);
  const version = medicine.begin({ ...medicine.latest.state, price: medicine.versions.length + 1, ...change }, node, start);
  answer(version, end, { position: 'e:1', pending: false });
  return version;
}

const read = (node: number, start: number, after: readonly object[] = []): Read => ({ node, start, end: start + 5, after: new Set(after) });
const shows = (shelf: Shelf, { exists, ...state }: MedicineState): Observation => ({ kind: 'medicine', of: row(shelf), seen: exists ? { id: 'x', ...state } : null });
const list = (shelf: Shelf, key: string) => {
  const of = shelf.lists.find((one) => one.key === `t/${key}`);
  if (of === undefined) throw new Error('no such list');
  return of;
};
const kinds = (seen: Observation, of: Read): string[] => judge(seen, of).map(({ kind }) => kind);

describe('an answer is judged by the history of its rows', () => {
  it('the node that answered a write has to show it at once, another one after a second', () => {
    const shelf = stocked();
    write(shelf, {});
    expect(kinds(shows(shelf, initial), read(0, 1_010))).toEqual(['same node']);
    expect(kinds(shows(shelf, initial), read(1, 2_009))).toEqual([]);
    expect(kinds(shows(shelf, initial), read(1, 2_010))).toEqual(['other node']);
    expect(kinds(shows(shelf, row(shelf).medicine.latest.state), read(0, 1_010))).toEqual([]);
  });

  it('a read that overlaps a write may show either', () => {
    const shelf = stocked();
    write(shelf, {});
    expect(kinds(shows(shelf, initial), read(0, 1_009))).toEqual([]);
    expect(kinds(shows(shelf, row(shelf).medicine.latest.state), read(0, 996))).toEqual([]);
  });

  it('nothing is shown before it was written, nor halves of two versions', () => {
    const shelf = stocked();
    const { state } = write(shelf, { name: 'beta 07' });
    expect(kinds(shows(shelf, state), read(0, 990))).toEqual(['impossible']);
    expect(kinds(shows(shelf, { ...state, name: initial.name }), read(0, 1_020))).toEqual(['impossible']);
  });

  it('a strong read has to show what it was sent the position of, on any node', () => {
    const shelf = stocked();
    const version = write(shelf, {});
    expect(kinds(shows(shelf, initial), read(1, 1_011, [version]))).toEqual(['strong read']);
  });

  it('writes without an answer may show or not, and those that were undone must not', () => {
    const shelf = stocked();
    const version = row(shelf).medicine.begin({ ...initial, price: 2 }, 0, 1_000);
    version.outcome = 'unknown';
    expect(kinds(shows(shelf, initial), read(0, 9_000))).toEqual([]);
    expect(kinds(shows(shelf, version.state), read(0, 9_000))).toEqual([]);
    version.outcome = 'undone';
    expect(kinds(shows(shelf, version.state), read(0, 9_000))).toEqual(['impossible']);
  });

  it('a list has to have lost what left it, and to have what came', () => {
    const shelf = stocked();
    write(shelf, { categoryId: 'b' });
    const before = shelf.rows.map(({ id }) => ({ ...initial, id }));
    const of = list(shelf, 'category a');
    expect(kinds({ kind: 'list', of, shelf, seen: before }, read(0, 1_020))).toEqual(['same node']);
    expect(kinds({ kind: 'list', of, shelf, seen: before.slice(1) }, read(0, 1_020))).toEqual([]);
    expect(kinds({ kind: 'list', of, shelf, seen: [] }, read(0, 1_020))).toEqual(['impossible']);
    expect(kinds({ kind: 'list', of: list(shelf, 'category b'), shelf, seen: [] }, read(1, 2_020))).toEqual(['other node']);
  });

  it('a write brings along what the ledger had before it, and not yet what went past the ledger', () => {
    for (const [node, expected] of [[1, ['same node']], [null, []]] as const) {
      const shelf = stocked();
      const seen: Observation = { kind: 'list', of: list(shelf, 'category a'), shelf, seen: shelf.rows.map(({ id }) => ({ ...initial, id })) };
      const moved = write(shelf, { categoryId: 'b' }, { node });
      if (node === null) moved.position = null;
      write(shelf, {}, { start: 1_020, end: 1_030 });
      expect(kinds(seen, read(0, 1_040))).toEqual(expected);
      expect(kinds(seen, read(0, 2_010))).toEqual([node === null ? 'other node' : 'same node']);
    }
  });

  it('counts have to count what is certain, and no more than may be', () => {
    const shelf = stocked();
    write(shelf, { discontinued: true });
    const count = (seen: number): Observation => ({ kind: 'count', of: list(shelf, 'all'), shelf, seen });
    expect(kinds(count(2), read(0, 1_005))).toEqual([]);
    expect(kinds(count(2), read(0, 1_020))).toEqual(['same node']);
    expect(kinds(count(1), read(0, 1_020))).toEqual([]);
    expect(kinds(count(0), read(0, 1_020))).toEqual(['impossible']);
  });

  it('low stock is a matter of two tables', () => {
    const shelf = stocked();
    answer(row(shelf).stock.begin({ quantity: REORDER_LEVEL }, 0, 1_000), 1_010, { position: null, pending: false });
    expect(kinds({ kind: 'low stock', shelf, seen: 0 }, read(0, 1_020))).toEqual(['same node']);
    write(shelf, { discontinued: true }, { start: 1_100, end: 1_110 });
    expect(kinds({ kind: 'low stock', shelf, seen: 1 }, read(0, 1_120))).toEqual(['same node']);
    expect(kinds({ kind: 'low stock', shelf, seen: 0 }, read(0, 1_120))).toEqual([]);
  });

  it('null look-ups are rows that were not there', () => {
    const shelf = stocked();
    write(shelf, { exists: false }, { node: null });
    write(shelf, { exists: true }, { node: null, start: 1_100, end: 1_110 });
    const missing: Observation = { kind: 'medicine', of: row(shelf), seen: null };
    expect(kinds(missing, read(0, 1_500))).toEqual([]);
    expect(kinds(missing, read(0, 2_200))).toEqual(['other node']);
  });
});
