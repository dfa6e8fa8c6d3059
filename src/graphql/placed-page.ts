import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { toPage, type Page } from './connection.js';
import type { TextPageAsk } from './page-args.js';

/** A page, and which places along its order it fills: what happens to rows elsewhere does not concern it. */
export interface PlacedPage<Row> extends Page<Row> {
  readonly places: { readonly from: number; readonly to: number };
}

/** Beyond every place. */
const END = 2 ** 31 - 1;

/**
 * To be selected beside a page's columns: at its first row the place of the cursor, at the row behind it that row's own.
 * Of the others it is null: to find a place takes a while.
 */
export function placeInPage(by: { readonly order: SQL; readonly text: SQLWrapper }, { first, after }: TextPageAsk): SQL<number | null> {
  const ofCursor = after === null ? sql`0` : sql`larder_place(${after[0]})`;
  return sql`case row_number() over (order by ${by.order}) when 1 then ${ofCursor} when ${first + 1} then larder_place(${by.text}) end`;
}

/** A page from one row more than was asked for, with its places. Of an empty page nothing is known, so that it is everywhere. */
export function toPlacedPage<Row extends { readonly place: number | null }>(found: readonly Row[], ask: TextPageAsk): PlacedPage<Omit<Row, 'place'>> {
  const from = found[0]?.place ?? 0;
  const to = found[ask.first]?.place ?? END;
  return { ...toPage(found.map(({ place: _, ...row }) => row), ask), places: { from, to } };
}
