import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partition, tags, type Tag } from '../core/tags.js';
import type { RowImage } from './changed-rows.js';
import { PredicateForms } from './predicate-forms.js';
import { declareReads, tagsOfRead, tagsOfRowRead, type ListRead, type RowRead, type TableRead } from './reads.js';
import { BULK_TAGS, tagsOfChanges, type TableChange } from './tags-of-changes.js';

const own = partition('own');

interface Item {
  readonly id: number;
  readonly colour: string;
  readonly offered: boolean;
  readonly name: string | null;
  readonly rank: number | null;
  /** No list filters or orders by it, and no trigger captures it. */
  readonly price: number;
}

interface Ask {
  readonly colour: string | undefined;
  readonly search: string | undefined;
  readonly first: number;
  readonly after: string;
}

/** A query: what it declares, and what it answers. */
interface Query {
  readonly read: ListRead<Ask, readonly Item[]>;
  readonly answer: (items: readonly Item[], ask: Ask) => unknown;
  /** Rows whose content is in the answer. */
  readonly holds?: (items: readonly Item[], ask: Ask) => readonly Item[];
  /** What its places are told from. */
  readonly found?: (items: readonly Item[], ask: Ask) => readonly Item[];
  readonly rowRead?: RowRead<{ readonly ids: readonly number[] | undefined }>;
  readonly ids?: (items: readonly Item[]) => readonly number[] | undefined;
}

const contains = (item: Item, search: string): boolean => item.name?.toLowerCase().includes(search.toLowerCase()) === true;
const chosen = (items: readonly Item[], { colour, search }: Ask): readonly Item[] =>
  items.filter((item) => item.offered && (colour === undefined || item.colour === colour) && (search === undefined || contains(item, search)));
const byName = (items: readonly Item[], ask: Ask): readonly Item[] =>
  [...chosen(items, ask)]
    .filter(({ name }) => name !== null && name >= ask.after)
    .sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : (a.name ?? '') > (b.name ?? '') ? 1 : a.id - b.id));
const page = (items: readonly Item[], ask: Ask): readonly Item[] => byName(items, ask).slice(0, ask.first);
/** As `larder_place`, by one letter. */
const placeOf = (text: string): number => text.codePointAt(0) ?? 0;
const topFound = (items: readonly Item[], ask: Ask): readonly Item[] => top(chosen(items, ask), ask);
const top = (items: readonly Item[], { first }: Ask): readonly Item[] =>
  items.filter((item) => item.offered && item.rank !== null).sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.id - b.id).slice(0, first);

const table = 'changed_items';
/** The same rows: no table has room for the forms of all queries. */
const twin = 'changed_twins';
const offered: TableRead<Ask> = {
  table,
  filter: { colour: ({ colour }) => colour, offered: () => true },
  optional: ['colour'],
  containing: { column: 'name', text: ({ search }) => search },
};

const queries: Readonly<Record<string, Query>> = {
  count: { read: { ...offered, columns: [] }, answer: (items, ask) => chosen(items, ask).length },
  page: {
    read: {
      ...offered,
      columns: ['name'],
      within: { column: 'name', span: (rows, { after, first }) => ({ from: placeOf(after), to: rows[first] === undefined ? Infinity : placeOf(rows[first].name ?? '') }) },
    },
    answer: (items, ask) => [page(items, ask), byName(items, ask).length > ask.first],
    holds: page,
    found: (items, ask) => byName(items, ask).slice(0, ask.first + 1),
  },
  'page without its places': { read: { ...offered, table: twin, columns: ['name'] }, answer: page, holds: page },
  'search by rank': {
    read: { ...offered, table: twin, columns: [], within: { column: 'rank', span: (rows, { first }) => ({ from: 0, to: rows[first - 1]?.rank ?? Infinity }) } },
    answer: topFound,
    holds: topFound,
    found: topFound,
  },
  top: {
    read: { table, filter: { offered: () => true }, columns: [], within: { column: 'rank', span: (rows, { first }) => ({ from: 0, to: rows[first - 1]?.rank ?? Infinity }) } },
    answer: top,
    holds: top,
    found: top,
  },
  'rows of a colour, all columns': {
    read: { table, filter: { colour: ({ colour }) => colour } },
    answer: (items, { colour }) => items.filter((item) => colour === undefined || item.colour === colour),
  },
  'names of all rows': { read: { table: twin, wholeTable: true, columns: ['name'] }, answer: (items) => items.map(({ id, name }) => [id, name]) },
  'how many of the red are offered': {
    read: { table, filter: { colour: () => 'red' }, columns: [] },
    answer: (items) => items.filter((item) => item.colour === 'red' && item.offered).length,
    ids: (items) => items.filter((item) => item.colour === 'red').map(({ id }) => id),
    rowRead: { table, having: { column: 'id', values: ({ ids }) => (ids === undefined || ids.length > 3 ? undefined : ids), columns: ['offered'] } },
  },
};

for (const { read, rowRead } of Object.values(queries)) declareReads(rowRead === undefined ? [read] : [read, rowRead]);

/** What an entry with the answer carries. */
function tagsOfAnswer({ read, holds, found, rowRead, ids }: Query, items: readonly Item[], ask: Ask): readonly Tag[] {
  return [
    ...tagsOfRead(read, { of: own, ask, answer: found?.(items, ask) ?? [] }),
    ...(holds?.(items, ask).map(({ id }) => tags.row(own, read.table, id)) ?? []),
    ...(rowRead === undefined ? [] : tagsOfRowRead(rowRead, own, { ids: ids?.(items) })),
  ];
}

const captured = ({ price: _, ...item }: Item): RowImage => ({ ...item, 'name^': item.name === null ? null : placeOf(item.name) });

/** As the triggers do: of an insert or a delete every row, of an update what differs, and once what does not. */
function imagesOf(before: readonly Item[], after: readonly Item[], isUpdate: boolean): readonly RowImage[] {
  if (!isUpdate) return [...before, ...after].map(captured);
  const counted = new Map<string, { image: RowImage; was: number; is: number }>();
  for (const [side, items] of [['was', before], ['is', after]] as const) {
    for (const item of items) {
      const key = JSON.stringify(captured(item));
      const group = counted.get(key) ?? { image: captured(item), was: 0, is: 0 };
      counted.set(key, group);
      group[side]++;
    }
  }
  return [...counted.values()].map(({ image, was, is }) => ({ ...image, '@same': was === is, ...(was === is ? { 'name^': null } : {}) }));
}

const text = (unit: readonly string[]): fc.Arbitrary<string> => fc.oneof(fc.string({ unit: fc.constantFrom(...unit), maxLength: 9 }), fc.constantFrom('aba', 'ABA 1', 'bab', '1 bab', 'abé'));
const columns = {
  colour: fc.constantFrom('red', 'blue'),
  offered: fc.boolean(),
  name: fc.option(text(['a', 'b', 'A', ' ', '1', 'é'])),
  rank: fc.option(fc.nat(4)),
  price: fc.nat(3),
};
const IDS = [1, 2, 3, 4, 5, 6];
/** One column mostly; what changes everything tells nothing apart. */
const change: fc.Arbitrary<Partial<Item>> = fc.oneof(...Object.entries(columns).map(([column, value]) => fc.record({ [column]: value })), fc.record(columns));
const rows = fc.tuple(...IDS.map((id) => fc.tuple(fc.record({ id: fc.constant(id), ...columns }), change)));
const ask = fc.record({
  colour: fc.option(fc.constantFrom('red', 'blue'), { nil: undefined }),
  search: fc.option(text(['a', 'b', 'B', ' ', '1', 'é']), { nil: undefined }),
  first: fc.integer({ min: 1, max: 4 }),
  after: fc.constantFrom('', 'a', 'b'),
});
const statement = fc.constantFrom('insert', 'update', 'delete', 'exchange keys', 'give other keys');

describe('tags of changes', () => {
  it('F6 concern every answer that a statement changes', () => {
    const touching = fc.subarray(IDS, { minLength: 1, maxLength: 3 });
    const property = fc.property(fc.record({ found: rows, touched: touching, kind: statement, asked: ask }), ({ found, touched, kind, asked }) => {
      const all = found.map(([before]) => before);
      const isTouched = ({ id }: Item): boolean => touched.includes(id);
      const rest = all.filter((one) => !isTouched(one));
      const before = all.filter(isTouched);
      const after = found
        .map(([one, difference]) => ({ ...one, ...difference }))
        .filter(isTouched)
        .map((one, at) => ({ ...one, id: kind === 'exchange keys' ? (before.at(-1 - at)?.id ?? 0) : kind === 'give other keys' ? one.id + 100 : one.id }));
      const [old, new_] = [kind === 'insert' ? [] : before, kind === 'delete' ? [] : after];
      const images = imagesOf(old, new_, kind !== 'insert' && kind !== 'delete');
      const emitted = new Set(tagsOfChanges([table, twin].map((of) => ({ table: of, partition: 'own', images }))));
      for (const [which, query] of Object.entries(queries)) {
        const [was, is] = [[...rest, ...old], [...rest, ...new_]].map((items) => [...items].sort((a, b) => a.id - b.id)) as [Item[], Item[]];
        if (JSON.stringify(query.answer(was, asked)) === JSON.stringify(query.answer(is, asked))) continue;
        const carried = tagsOfAnswer(query, was, asked);
        expect(carried.some((tag) => emitted.has(tag)), `${which}: ${carried.join(' ')} by ${[...emitted].join(' ')}`).toBe(true);
      }
    });
    fc.assert(property, { numRuns: 1_500 });
  });

  const red: Item = { id: 1, colour: 'red', offered: true, name: 'alpha 17', rank: 3, price: 1 };
  const emittedBy = (after: Item): ReadonlySet<Tag> => new Set(tagsOfChanges([{ table, partition: 'own', images: imagesOf([red], [after], true) }]));
  const anyone: Ask = { colour: undefined, search: undefined, first: 4, after: '' };
  /** Of entries that do not hold the row. */
  const concerned = (after: Item, asked: Partial<Ask>): readonly string[] => {
    const emitted = emittedBy(after);
    return ['count', 'page', 'top'].filter((which) => tagsOfAnswer(queries[which] as Query, [], { ...anyone, ...asked }).some((tag) => emitted.has(tag)));
  };

  it('leave lists and counts alone that a column concerns which they do not name', () => {
    expect(concerned({ ...red, price: 2 }, {})).toEqual([]);
    expect(emittedBy({ ...red, price: 2 })).toContain(tags.row(own, table, 1));
    expect(concerned({ ...red, rank: 4 }, {})).toEqual(['top']);
    expect(concerned({ ...red, name: 'beta 17' }, {})).toEqual(['page']);
    expect(concerned({ ...red, colour: 'blue' }, {})).toEqual([]);
    expect(concerned({ ...red, colour: 'blue' }, { colour: 'red' })).toEqual(['count', 'page']);
    expect(concerned({ ...red, colour: 'blue' }, { colour: 'green' })).toEqual([]);
    expect(concerned({ ...red, offered: false }, { colour: 'blue' })).toEqual(['top']);
  });

  it('leave searches alone whose text neither came nor went', () => {
    expect(concerned({ ...red, name: 'alpha 18' }, { search: 'beta' })).toEqual([]);
    expect(concerned({ ...red, name: 'alpha 18' }, { search: 'alp' })).toEqual(['page']);
    expect(concerned({ ...red, name: 'beta 17' }, { search: 'BETA' })).toEqual(['count', 'page']);
    expect(concerned({ ...red, offered: false }, { search: 'beta' })).toEqual(['top']);
    expect(concerned({ ...red, name: 'gamma' }, { search: 'a 1' })).toEqual(['count', 'page']);
    expect(concerned({ ...red, name: 'gamma' }, { search: 'beta 1' })).toEqual([]);
    expect(concerned({ ...red, name: 'alpha 18' }, { search: 'alpha 1' })).toEqual(['count', 'page']);
    expect(concerned({ ...red, name: 'comprimé' }, { search: 'beta' })).toEqual(['count', 'page']);
  });

  it('leave pages alone that lie elsewhere', () => {
    const items = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'].map((name, at): Item => ({ id: at + 2, colour: 'red', offered: true, name, rank: at + 1, price: 1 }));
    const pages = { 'a to b': { ...anyone, first: 1 }, 'd to e': { ...anyone, first: 2, after: 'c' }, 'from g': { ...anyone, after: 'f' } };
    const concernedPages = (after: Item): readonly string[] => {
      const emitted = emittedBy(after);
      return Object.entries(pages).flatMap(([which, asked]) => (tagsOfAnswer(queries['page'] as Query, items, asked).some((tag) => emitted.has(tag)) ? [which] : []));
    };
    expect(concernedPages({ ...red, name: 'alpha 18' })).toEqual(['a to b']);
    expect(concernedPages({ ...red, name: 'beta' })).toEqual(['a to b']);
    expect(concernedPages({ ...red, name: 'eta' })).toEqual(['a to b', 'd to e']);
    expect(concernedPages({ ...red, name: 'zeta' })).toEqual(['a to b', 'from g']);
    expect(concernedPages({ ...red, offered: false })).toEqual(['a to b']);
    const top = (first: number): readonly Tag[] => tagsOfAnswer(queries['top'] as Query, items, { ...anyone, first });
    const others = emittedBy({ ...red, rank: 9 });
    expect([2, 3, 4].map((first) => top(first).some((tag) => others.has(tag)))).toEqual([false, true, true]);
    // Whoever has no rank is in no such list.
    const unranked = new Set(tagsOfChanges([{ table, partition: 'own', images: imagesOf([], [{ ...red, rank: null }], false) }]));
    expect(top(4).some((tag) => unranked.has(tag))).toBe(false);
  });

  it('F6 concern everything that read the table where an image lacks a column that some list names', () => {
    const older = tagsOfChanges([{ table, partition: 'own', images: [{ id: 1, colour: 'red', '@same': true }] }]);
    expect(older).toContain(tags.everyRow(own, table));
  });

  it('F6 take an image of before, which does not say what became of the row, for one that came or went', () => {
    const older = captured(red);
    const emitted = tagsOfChanges([table, twin].map((of) => ({ table: of, partition: 'own', images: [older] })));
    for (const query of Object.values(queries)) expect(tagsOfAnswer(query, [], { ...anyone, colour: 'red', search: 'alpha' }).some((tag) => emitted.includes(tag))).toBe(true);
  });

  it('do not grow with texts: above a bound it is everything that read the table', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const images = Array.from({ length: 40 }, (_, id) => captured({ ...red, id, name: [...letters].map((letter, at) => `${letter}${letters[(at * 7 + id) % 26]}${letters[(at * 3 + id) % 26]}`).join(' ') }));
    const emitted = tagsOfChanges([{ table, partition: 'own', images }]);
    expect(emitted).toContain(tags.everyRow(own, table));
    expect(emitted.length).toBeLessThan(BULK_TAGS);
  });

  it('F6 do not grow with many changes at once: together they are of everything that read the table, and of no other', () => {
    const letters = 'abcdefghijklmnopqrstuvwxyz';
    const renamed = (id: number): TableChange => ({
      table,
      partition: 'own',
      images: [captured({ ...red, id, name: [...letters].map((letter, at) => `${letter}${letters[(at * 7 + id) % 26]}${letters[(at * 3 + id) % 26]}`).join(' ') })],
    });
    const changes = [...Array.from({ length: 40 }, (_, id) => renamed(id)), { ...renamed(50), partition: 'other' }];
    const emitted = tagsOfChanges(changes);
    expect(emitted).toContain(tags.everyRow(own, table));
    expect(emitted).not.toContain(tags.everyRow(partition('other'), table));
    expect(emitted.length).toBeLessThan(2 * BULK_TAGS);
    expect(tagsOfChanges(changes.slice(0, 1))).not.toContain(tags.everyRow(own, table));
  });

  it('F6 concern lists of another version, which names every change of a row', () => {
    const forms = new PredicateForms();
    forms.learn('rows', ['colour']);
    const emitted = tagsOfChanges([{ table: 'rows', partition: 'own', images: [{ id: 1, colour: 'red', '@same': true }] }], forms);
    expect(emitted).toContain(tags.predicate(own, 'rows', { colour: 'red' }));
  });
});
