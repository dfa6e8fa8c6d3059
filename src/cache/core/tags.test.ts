import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CacheError } from './errors.js';
import { encodeTagValue, EVERYTHING, GLOBAL, parseTag, partition, partitionOfTag, tableOfTag, tags, type TagValue } from './tags.js';

const own = partition('downtown');

describe('tags', () => {
  it('name partition, table, row and predicate', () => {
    expect(tags.partition(own)).toBe('t/downtown');
    expect(tags.table(own, 'medicines')).toBe('t/downtown/medicines');
    expect(tags.everyRow(own, 'medicines')).toBe('t/downtown/medicines/*');
    expect(tags.row(own, 'medicines', 'a/b?c')).toBe('t/downtown/medicines/a%2Fb%3Fc');
    expect(tags.predicate(own, 'medicines', { rank: 5, category_id: 'x' })).toBe('t/downtown/medicines?category_id=x&rank=5');
  });

  it('name of a narrow predicate also what is contained, and which other columns matter', () => {
    const values = { offered: true, category_id: 'x' };
    expect(tags.narrow(own, 'm', { values, watched: ['rank', 'name'] })).toBe('t/downtown/m?category_id=x&offered=true:name,rank');
    expect(tags.narrow(own, 'm', { values, facets: [{ column: 'name', by: '~', value: 'ibu' }], watched: [] })).toBe('t/downtown/m?category_id=x&offered=true&name~ibu:');
    expect(tags.narrow(own, 'm', { values: {}, facets: [{ column: 'name', by: '~', value: null }], watched: [] })).toBe('t/downtown/m?name~~:');
    expect(tags.narrow(own, 'm', { values, facets: [{ column: 'name', by: '^', value: '2.17' }], watched: ['name'] })).toBe('t/downtown/m?category_id=x&offered=true&name^2.17:name');
    expect(tags.narrow(own, 'm', { values: {}, watched: [] })).toBe('t/downtown/m?:');
  });

  it('say which partition and table they name', () => {
    for (const tag of [tags.table(own, 'm'), tags.everyRow(own, 'm'), tags.row(own, 'm', 'x/y'), tags.predicate(own, 'm', { a: '?/' }), tags.narrow(own, 'm', { values: {}, watched: ['a'] })]) {
      expect([partitionOfTag(tag), tableOfTag(tag)]).toEqual([own, 'm']);
    }
    expect([partitionOfTag(tags.partition(own)), tableOfTag(tags.partition(own))]).toEqual([own, null]);
    expect([partitionOfTag(tags.field(own, 'Query.m')), tableOfTag(tags.field(own, 'Query.m'))]).toEqual([own, null]);
    for (const tag of [EVERYTHING, tags.field(null, 'Query.m'), tags.profile(null, 'list'), tags.key('larder:a:b:c:d')]) {
      expect([partitionOfTag(tag), tableOfTag(tag)]).toEqual([null, null]);
    }
  });

  it('have one text for a uuid, whichever case it is typed in (F6)', () => {
    const id = '0BDCD491-0f4e-4388-adc8-d666bb331f44';
    expect(encodeTagValue(id)).toBe(encodeTagValue(id.toLowerCase()));
    expect(encodeTagValue('ABC')).not.toBe(encodeTagValue('abc'));
  });

  it('have one text for a value, wherever it comes from: a row image or an argument (F6)', () => {
    expect(encodeTagValue(5)).toBe(encodeTagValue('5'));
    expect(encodeTagValue(5n)).toBe(encodeTagValue('5'));
    expect(encodeTagValue(true)).toBe(encodeTagValue('true'));
    expect(encodeTagValue(-0)).toBe(encodeTagValue(0));
  });

  it('tell values apart that read differently (F6)', () => {
    const values = ['', '~', '%7E', 'null', 'a&b=c', 'a', '=', '?', '*', ' ', 'ä', '%'];
    expect(new Set([null, ...values].map(encodeTagValue)).size).toBe(values.length + 1);
  });

  it('keep predicates apart, whatever the values contain (F6)', () => {
    const values = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(fc.string(), fc.constant(null)) as fc.Arbitrary<TagValue>, { minKeys: 1 });
    const isSame = (x: object, y: object): boolean => JSON.stringify(Object.entries(x).sort()) === JSON.stringify(Object.entries(y).sort());
    fc.assert(fc.property(values, values, (x, y) => (tags.predicate(own, 't', x) === tags.predicate(own, 't', y)) === isSame(x, y)));
  });

  it('can be made of any text that a client can send', () => {
    expect(tags.row(own, 'medicines', '\ud800')).toBe(tags.row(own, 'medicines', '\ufffd'));
  });

  it.each(['', 'a b', 'a/b', 'a:b', '-a', '@field', 'x'.repeat(65), undefined])('refuse the partition %o (P2)', (name) => {
    expect(() => partition(name as string)).toThrow(CacheError);
  });

  it('refuse table and column names that could be read as something else', () => {
    expect(() => tags.table(own, 'a/b')).toThrow(CacheError);
    expect(() => tags.predicate(own, 'm', { 'a=b': 1 })).toThrow(CacheError);
    expect(() => tags.predicate(own, 'm', {})).toThrow(CacheError);
    expect(() => tags.narrow(own, 'm', { values: {}, watched: ['a,b'] })).toThrow(CacheError);
  });

  it('are accepted from administrators when they have the form of one', () => {
    expect(parseTag('t')).toBe(EVERYTHING);
    expect(parseTag('t/global/products')).toBe(tags.table(GLOBAL, 'products'));
    for (const text of ['', 'x', 't/', 't/a b', 'tenant/x']) expect(() => parseTag(text)).toThrow(CacheError);
  });
});
