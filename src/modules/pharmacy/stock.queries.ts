import { and, eq, gte, sql } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
import { oneOf } from '../../database/one-of.js';
import { medicines, stockLevels, stockMovements } from '../../database/tables/pharmacy.js';
import { MAX_INT } from '../../graphql/validation.js';

export interface StockRow {
  readonly medicineId: string;
  readonly quantity: number;
  readonly reorderLevel: number;
  readonly updatedAt: string;
}

export const stockColumns = {
  medicineId: stockLevels.medicineId,
  quantity: stockLevels.quantity,
  reorderLevel: stockLevels.reorderLevel,
  updatedAt: stockLevels.updatedAt,
};

export const stockByMedicine = (db: Db, medicineIds: readonly string[]): Promise<StockRow[]> =>
  db.select(stockColumns).from(stockLevels).where(oneOf(stockLevels.medicineId, medicineIds));

/** What is low, whether or not it is offered. */
export interface LowStock {
  /** Medicines that should be reordered; those discontinued will not be. */
  readonly toReorder: number;
  /** All that are low; null for more than can be named. */
  readonly medicineIds: readonly string[] | null;
}

/** With more medicines low, the number depends on them all. */
const MAX_NAMED = 100;

export async function lowStock(db: Db): Promise<LowStock> {
  const [found] = await db
    .select({
      toReorder: sql<number>`(count(*) filter (where ${medicines.offered}))::int`,
      medicineIds: sql<readonly string[] | null>`case when count(*) <= ${MAX_NAMED} then coalesce(json_agg(${medicines.id} order by ${medicines.id}), '[]'::json) end`,
    })
    .from(stockLevels)
    .innerJoin(medicines, eq(medicines.id, stockLevels.medicineId))
    .where(eq(stockLevels.low, true));
  return found ?? { toReorder: 0, medicineIds: [] };
}

/**
 * Takes units out, if there are so many: condition and change are one statement, so that two sales cannot both take the
 * last one. Returns the price of one unit; null when nothing was taken.
 */
export async function takeOut(tx: Db, medicineId: string, quantity: number): Promise<number | null> {
  const [taken] = await tx
    .update(stockLevels)
    .set({ quantity: sql`${stockLevels.quantity} - ${quantity}::int`, updatedAt: sql`now()` })
    .from(medicines)
    .where(and(eq(stockLevels.medicineId, medicineId), eq(medicines.id, stockLevels.medicineId), gte(stockLevels.quantity, quantity)))
    .returning({ priceMinor: medicines.priceMinor });
  return taken?.priceMinor ?? null;
}

/** Whether the stock was changed: not when it would leave 0 to what an integer holds, or when there is none. */
export async function changeStock(tx: Db, medicineId: string, delta: number): Promise<boolean> {
  const changed = await tx
    .update(stockLevels)
    .set({ quantity: sql`${stockLevels.quantity} + ${delta}::int`, updatedAt: sql`now()` })
    .where(and(eq(stockLevels.medicineId, medicineId), sql`${stockLevels.quantity}::bigint + ${delta}::int between 0 and ${MAX_INT}::int`))
    .returning({ medicineId: stockLevels.medicineId });
  return changed.length > 0;
}

/** The units in stock; null when no stock is kept of such a medicine. */
export async function quantityOf(tx: Db, medicineId: string): Promise<number | null> {
  const [found] = await tx.select({ quantity: stockLevels.quantity }).from(stockLevels).where(eq(stockLevels.medicineId, medicineId));
  return found?.quantity ?? null;
}

export type NewMovement = typeof stockMovements.$inferInsert;

export async function recordMovement(tx: Db, movement: NewMovement): Promise<void> {
  await tx.insert(stockMovements).values(movement);
}
