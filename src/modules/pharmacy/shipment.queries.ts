import { sql } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
import { oneOf } from '../../database/one-of.js';
import { medicines, stockLevels, stockMovements } from '../../database/tables/pharmacy.js';
import { MAX_INT } from '../../graphql/validation.js';
import type { NewMovement } from './stock.queries.js';

/** Those of the ids that are medicines of the tenant. */
export async function knownMedicines(tx: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await tx.select({ id: medicines.id }).from(medicines).where(oneOf(medicines.id, ids));
  return new Set(found.map(({ id }) => id));
}

export interface Arrival {
  readonly medicineId: string;
  readonly quantity: number;
}

/**
 * Adds units, and begins to keep stock where none was kept. In the order of the ids, so that two shipments at once wait
 * for each other and never in a circle. Returns which were taken in: not those that would be more than can be counted.
 */
export async function takeIn(tx: Db, tenantId: string, arrivals: readonly Arrival[]): Promise<ReadonlySet<string>> {
  const rows = [...arrivals]
    .sort((a, b) => (a.medicineId < b.medicineId ? -1 : 1))
    .map(({ medicineId, quantity }) => ({ medicineId, tenantId, quantity, reorderLevel: 0 }));
  const taken = await tx
    .insert(stockLevels)
    .values(rows)
    .onConflictDoUpdate({
      target: stockLevels.medicineId,
      set: { quantity: sql`${stockLevels.quantity} + excluded.quantity`, updatedAt: sql`now()` },
      setWhere: sql`${stockLevels.quantity}::bigint + excluded.quantity <= ${MAX_INT}::int`,
    })
    .returning({ medicineId: stockLevels.medicineId });
  return new Set(taken.map(({ medicineId }) => medicineId));
}

export async function recordMovements(tx: Db, movements: readonly NewMovement[]): Promise<void> {
  await tx.insert(stockMovements).values([...movements]);
}
