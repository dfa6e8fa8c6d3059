import { asc, count, eq } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
import { oneOf } from '../../database/one-of.js';
import { categories, medicines } from '../../database/tables/pharmacy.js';

export interface CategoryRow {
  readonly id: string;
  readonly slug: string;
  /** By language. */
  readonly names: Readonly<Record<string, string>>;
  readonly sortOrder: number;
}

export const categoryColumns = {
  id: categories.id,
  slug: categories.slug,
  names: categories.names,
  sortOrder: categories.sortOrder,
};

export const categoriesById = (db: Db, ids: readonly string[]): Promise<CategoryRow[]> =>
  db.select(categoryColumns).from(categories).where(oneOf(categories.id, ids));

export const allCategories = (db: Db): Promise<CategoryRow[]> =>
  db.select(categoryColumns).from(categories).orderBy(asc(categories.sortOrder), asc(categories.id));

export async function insertCategory(tx: Db, category: Omit<typeof categories.$inferInsert, 'id'>): Promise<string> {
  const [inserted] = await tx.insert(categories).values(category).returning({ id: categories.id });
  if (inserted === undefined) throw new Error('a category was not inserted');
  return inserted.id;
}

/** `undefined` leaves a column as it is. */
export interface CategoryChanges {
  readonly slug: string | undefined;
  readonly names: Record<string, string> | undefined;
  readonly sortOrder: number | undefined;
}

/** Whether there is such a category. */
export async function changeCategory(tx: Db, id: string, changes: CategoryChanges): Promise<boolean> {
  if (Object.values(changes).every((value) => value === undefined)) return lockCategory(tx, id);
  const changed = await tx.update(categories).set(changes).where(eq(categories.id, id)).returning({ id: categories.id });
  return changed.length > 0;
}

/** Whether there is such a category; if so, no medicine can be put into it until the transaction ends. */
export async function lockCategory(tx: Db, id: string): Promise<boolean> {
  const found = await tx.select({ id: categories.id }).from(categories).where(eq(categories.id, id)).for('update');
  return found.length > 0;
}

/** How many medicines are in it, discontinued ones too. */
export async function countAllMedicines(tx: Db, categoryId: string): Promise<number> {
  const [counted] = await tx.select({ medicines: count() }).from(medicines).where(eq(medicines.categoryId, categoryId));
  return counted?.medicines ?? 0;
}

export async function removeCategory(tx: Db, id: string): Promise<void> {
  await tx.delete(categories).where(eq(categories.id, id));
}
