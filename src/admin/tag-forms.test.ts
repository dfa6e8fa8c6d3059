import { describe, expect, it } from 'vitest';
import { EVERYTHING, GLOBAL, partition, tags } from '../cache/index.js';
import { coveringTag, partitionOf, readTag } from './tag-forms.js';

const a = partition('a');

describe('tags read back', () => {
  const made = [
    EVERYTHING,
    tags.partition(a),
    tags.table(a, 'medicines'),
    tags.everyRow(a, 'medicines'),
    tags.row(a, 'medicines', 'b7-1'),
    tags.row(GLOBAL, 'products', 'a/b c~?é'),
    tags.predicate(a, 'medicines', { category_id: 7, discontinued_at: null }),
    tags.narrow(a, 'medicines', { values: { category_id: 7, offered: true }, watched: [] }),
    tags.narrow(a, 'medicines', { values: { category_id: null }, watched: ['name', 'rank'] }),
    tags.narrow(a, 'medicines', { values: { offered: true, name: 'x' }, facets: [{ column: 'name', by: '~', value: 'ibu' }], watched: ['name'] }),
    tags.narrow(a, 'medicines', { values: {}, facets: [{ column: 'name', by: '~', value: null }], watched: [] }),
    tags.narrow(a, 'medicines', { values: { offered: true }, facets: [{ column: 'rank', by: '^', value: '2.17' }], watched: [] }),
    tags.narrow(a, 'medicines', { values: { offered: true }, facets: [{ column: 'name', by: '~', value: 'd 2' }, { column: 'name', by: '^', value: '6.17' }], watched: ['name'] }),
    tags.narrow(a, 'users', { values: {}, watched: ['email'] }),
    tags.narrow(a, 'users', { values: {}, watched: [] }),
    tags.field(null, 'Query.medicines'),
    tags.field(a, 'Query.medicines'),
    tags.profile(null, 'list'),
    tags.profile(a, 'list'),
    tags.key('larder:a:field:Query.medicines:hash'),
  ];

  it.each(made)('%s is what the engine makes', (tag) => {
    expect(readTag(tag)?.tag).toBe(tag);
  });

  it('knows whose they are', () => {
    expect(made.map((tag) => readTag(tag)?.partition ?? null)).toEqual(made.map((tag) => partitionOf(tag)));
  });

  it('puts the columns of a predicate into the order of the engine', () => {
    expect(readTag('t/a/medicines?name=x&category_id=7')?.tag).toBe(tags.predicate(a, 'medicines', { category_id: 7, name: 'x' }));
    const narrow = tags.narrow(a, 'medicines', { values: { category_id: 7, name: 'x' }, facets: [{ column: 'name', by: '~', value: 'ibu' }], watched: ['rank', 'name'] });
    expect(readTag('t/a/medicines?name~ibu&name=x&category_id=7:rank,name')?.tag).toBe(narrow);
  });

  it.each(['', 'x', 't/', 't//medicines', 't/a/', 't/a/med icines', 't/a/medicines/', 't/a/medicines/*/1', 't/a/medicines/1*', 't/a/medicines?', 't/a/medicines?name', 't/a/medicines?name:', 't/a/medicines?a=b:c&d', 't/a/medicines?:a:b', 't/a/medicines?name=A*', 't/a/med*', 't/*', 't/@field/', 't/@field/Query.*', 't/@nothing/x', 't/a/@nothing/x', 'T/a'])(
    '%j is none',
    (text) => {
      expect(readTag(text)).toBeNull();
    },
  );
});

describe('the tag that covers a pattern', () => {
  it.each([
    ['t/*', 't'],
    ['*', 't'],
    ['t/a*', 't'],
    ['t/*/medicines', 't'],
    ['t/a/*', 't/a'],
    ['t/a/med*', 't/a'],
    ['t/a/medicine?', 't/a'],
    ['t/a/medicines/1*', 't/a/medicines/*'],
    ['t/a/medicines/?', 't/a/medicines/*'],
    ['t/a/medicines?name=A*', 't/a/medicines/*'],
    ['t/a/medicines?name~A*', 't/a/medicines/*'],
    ['t/@field/Query.*', 't'],
    ['t/a/@field/Query.*', 't/a'],
  ])('%s: %s', (pattern, tag) => {
    expect(coveringTag(pattern)).toBe(tag);
  });
});
