import { describe, expect, it } from 'vitest';
import { GLOBAL, partition, tags, type Tag } from '../core/tags.js';
import { cacheTag } from './cache-tag.js';
import type { AnsweredPiece } from './answered-piece.js';

const shop = partition('shop');
const pieces = (...lists: readonly (readonly Tag[] | null)[]): readonly AnsweredPiece[] =>
  lists.map((list) => ({ entry: list === null ? null : { tags: list } })) as unknown as AnsweredPiece[];

const row = tags.row(shop, 'medicines', 7);
const narrow = tags.narrow(shop, 'medicines', { values: { category_id: 'c' }, watched: ['name', 'rank'] });
const answer = pieces([row, tags.everyRow(shop, 'medicines'), narrow], null, [tags.row(GLOBAL, 'products', 'n'), row]);
const WHOLE = [row, 't/shop/medicines?category_id=c:name%2Crank', 't/global/products/n', 't/shop/medicines', 't/global/products', 't/shop', 't/global'].join(',');

describe('Cache-Tag', () => {
  it('names what an answer depends on, each once, the coarsest last', () => {
    expect(cacheTag(answer, 1_000)).toBe(WHOLE);
  });

  it('leaves out the finest first', () => {
    expect(cacheTag(answer, WHOLE.length)).toBe(WHOLE);
    const tables = 't/shop/medicines,t/global/products,t/shop,t/global';
    expect(cacheTag(answer, WHOLE.length - 1)).toBe(tables);
    expect(cacheTag(answer, tables.length)).toBe(tables);
    expect(cacheTag(answer, tables.length - 1)).toBe('t/shop,t/global');
  });

  it('is none where an answer depends on nothing', () => {
    expect(cacheTag(pieces([], null), 1_000)).toBeNull();
  });
});
