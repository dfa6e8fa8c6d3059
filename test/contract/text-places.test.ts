import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { Random } from '../model/random.js';
import { BOTH, type OpenedDatabase } from './database-kinds.js';

const LETTERS = ['a', 'A', 'b', 'B', 'c', 'h', 'z', 'Z', 'i', 'I', 'y', 'å', 'Ä', 'é', 'š', 'ch', 'aa', 'ß', ' ', '-', '.', '0', '9', '\u0301', '日', '😀'];
/** Orders of texts that differ much: of letters, of accents, of pairs of letters, of capitals. */
const ORDERS = ['C', 'en-x-icu', 'da-x-icu', 'cs-x-icu', 'et-x-icu', 'lt-x-icu', 'tr-x-icu', 'en-u-kf-upper-x-icu', 'und-x-icu'];

describe.each(BOTH)('places in the order of texts, on $name', ({ open }) => {
  let opened: OpenedDatabase;
  let database: Database;
  const texts: string[] = ['', 'a', 'A', 'Amoxicillin 250 mg', 'Amoxicillin 500 mg', 'Amo', 'aaaa', 'zzzzz'];

  beforeAll(async () => {
    opened = await open();
    database = opened.database;
    const random = new Random(1);
    for (let count = 0; count < 600; count++) texts.push(Array.from({ length: random.below(7) }, () => random.pick(LETTERS)).join(''));
  });
  afterAll(() => opened.close());

  const rowsOf = async <Row>(query: ReturnType<typeof sql>): Promise<Row[]> => {
    const found = await database.read('platform', (db) => db.execute(query));
    return (Array.isArray(found) ? found : (found as { rows: unknown[] }).rows) as Row[];
  };

  it.each(['default', ...ORDERS])('F6 never go down where texts go up: %s', async (order) => {
    const known = await rowsOf<{ name: string }>(sql`select collname as name from pg_collation where collname = ${order}`);
    // The embedded database and some servers know the order of code points alone.
    if (known.length === 0) return;
    const collation = sql.raw(`collate "${order}"`);
    const rows = await rowsOf<{ place: number }>(sql`
      select larder_place(text ${collation}) as place from jsonb_array_elements_text(${JSON.stringify(texts)}::text::jsonb) as t (text) order by text ${collation}`);
    expect(rows).toHaveLength(texts.length);
    const places = rows.map(({ place }) => place);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('tell apart what begins otherwise within four letters', async () => {
    const names = ['Amox', 'Amoxicillin', 'Amoy', 'Ampicillin', 'Anastrozole', 'Zolpidem'];
    const rows = await rowsOf<{ place: number }>(sql`select larder_place(text) as place from jsonb_array_elements_text(${JSON.stringify(names)}::text::jsonb) as t (text)`);
    expect(new Set(rows.map(({ place }) => place)).size).toBe(names.length - 1);
    expect(rows.every(({ place }) => place >= 0 && place < 2 ** 24)).toBe(true);
  });
});
