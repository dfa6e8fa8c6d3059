import { and, count, eq, gte, inArray, isNull, lte, sql } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
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
  db.select(stockColumns).from(stockLevels).where(inArray(stockLevels.medicineId, [...medicineIds]));

/** Medicines that should be reordered; those discontinued will not be. */
export async function countLowStock(db: Db): Promise<number> {
  const [counted] = await db
    .select({ medicines: count() })
    .from(stockLevels)
    .innerJoin(medicines, eq(medicines.id, stockLevels.medicineId))
    .where(and(lte(stockLevels.quantity, stockLevels.reorderLevel), isNull(medicines.discontinuedAt)));
  return counted?.medicines ?? 0;
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
