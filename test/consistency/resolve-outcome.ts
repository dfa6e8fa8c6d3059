import { setTimeout as pause } from 'node:timers/promises';
import type postgres from 'postgres';
import type { Version } from './register.js';
import type { MedicineRow, MedicineState, StockState } from './shelves.js';

/** How long a transaction of a process that was killed may still be under way in the database. */
const REST = 1_500;

/**
 * A write that got no answer may have been committed or not. The database knows, once nobody can be committing it any
 * more; until then the row rests.
 */
export async function resolveOutcome(sql: postgres.Sql, row: MedicineRow, version: Version<unknown>): Promise<void> {
  if (version.outcome !== 'unknown') return;
  await pause(REST);
  const { price, quantity } = await held(sql, row.id);
  const state = version.state as Partial<MedicineState & StockState>;
  const isHeld = state.price === undefined ? quantity === state.quantity : price === state.price;
  if (!isHeld) version.outcome = 'undone';
}

/** Behind whoever is changing the rows: one after the other, since who changes both may do so in any order. */
async function held(sql: postgres.Sql, id: string): Promise<{ price: number | null; quantity: number | null }> {
  const [medicine] = await sql<{ price: number }[]>`select price_minor as price from medicines where id = ${id} for update`;
  const [stock] = await sql<{ quantity: number }[]>`select quantity from stock_levels where medicine_id = ${id} for update`;
  return { price: medicine?.price ?? null, quantity: stock?.quantity ?? null };
}
