import { expect, it } from 'vitest';
import { Identities } from '../cache/core/key.js';
import { LedgerCopy } from '../cache/core/ledger.js';
import { GLOBAL, partition, tags, type CacheKey, type Entry, type Tag } from '../cache/index.js';
import type { Admin } from './admin.js';
import { countReached } from './count-reached.js';

const PREFIX = 'larder:test';
const own = partition('a');
const identities = new Identities(PREFIX, 'database');

function stored(position: number, carried: readonly Tag[], { of = own, name = 'medicine', id = 0 } = {}): readonly [CacheKey, Entry] {
  const { key } = identities.of({ layer: 'entity', name, version: '1' }, of, id);
  return [key, { value: {}, tags: carried, stamp: { epoch: 'e', position }, readAt: 0, freshUntil: 100, staleUntil: 100, scope: 'PUBLIC', cost: 1 }];
}

function count(entries: Iterable<readonly [CacheKey, Entry]> | null, purged: readonly Tag[]) {
  const ledger = new LedgerCopy('e');
  ledger.record(tags.row(own, 'medicines', 'old'), 2);
  const view = Object.assign(ledger, { now: () => 1 });
  const cache = { ledger: view, store: entries === null ? {} : { inMemory: () => entries } } as unknown as Admin['cache'];
  return countReached({ cache, keyPrefix: PREFIX }, purged);
}

const medicine = tags.everyRow(own, 'medicines');
const entries = [
  stored(1, [tags.row(own, 'medicines', '1'), medicine], { id: 1 }),
  stored(1, [tags.row(own, 'categories', '1')], { name: 'category' }),
  stored(1, [tags.row(GLOBAL, 'products', '1')], { of: GLOBAL, name: 'product' }),
  // Overtaken before.
  stored(1, [tags.row(own, 'medicines', 'old'), medicine], { id: 2 }),
];

it.each<[string, Tag, number]>([
  ['all rows of a table', medicine, 1],
  ['a partition', tags.partition(own), 2],
  ['a name', tags.field(null, 'product'), 1],
  ['a name within a partition that has none', tags.field(own, 'product'), 0],
  ['everything', 't' as Tag, 3],
  ['a row that nothing has read', tags.row(own, 'medicines', '9'), 0],
])('counts what is valid and is reached by %s', (_, tag, reached) => {
  expect(count(entries, [tag])).toEqual({ entries: reached, examined: entries.length });
});

it('C3: examines so much and no more, however much is stored', () => {
  const many = { taken: 0, *[Symbol.iterator]() { for (let id = 0; ; id++) { this.taken++; yield stored(1, [medicine], { id }); } } };
  const { entries: reached, examined } = count(many, [medicine]) ?? { entries: 0, examined: 0 };
  expect(reached).toBe(examined);
  expect(examined).toBeLessThanOrEqual(20_000);
  expect(many.taken).toBe(examined + 1);
});

it('says nothing of a node that keeps nothing in its memory', () => {
  expect(count(null, [medicine])).toBeNull();
});
