import { and, asc, count, eq, ilike, isNotNull, sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
import { oneOf } from '../../database/one-of.js';
import { productGroups, products } from '../../database/tables/catalogue.js';
import { categories, medicines, stockLevels } from '../../database/tables/pharmacy.js';
import type { TextPageAsk } from '../../graphql/page-args.js';
import { placeInPage, toPlacedPage, type PlacedPage } from '../../graphql/placed-page.js';
import { containing } from '../../graphql/search.js';

export interface MedicineRow {
  readonly id: string;
  readonly productId: string;
  readonly categoryId: string;
  readonly name: string;
  readonly priceMinor: number;
  readonly rank: number | null;
  readonly discontinued: boolean;
  readonly updatedAt: string;
}

export const medicineColumns = {
  id: medicines.id,
  productId: medicines.productId,
  categoryId: medicines.categoryId,
  name: medicines.name,
  priceMinor: medicines.priceMinor,
  rank: medicines.rank,
  discontinued: sql<boolean>`${medicines.discontinuedAt} is not null`,
  updatedAt: medicines.updatedAt,
};

/** Which medicines of those that are offered. */
export interface MedicineFilter {
  readonly categoryId: string | null;
  readonly search: string | null;
}

export interface MedicinePageAsk extends MedicineFilter {
  readonly page: TextPageAsk;
}

const offered = eq(medicines.offered, true);

const matching = ({ categoryId, search }: MedicineFilter): SQL | undefined =>
  and(
    offered,
    categoryId === null ? undefined : eq(medicines.categoryId, categoryId),
    search === null ? undefined : ilike(medicines.name, containing(search)),
  );

export const medicinesById = (db: Db, ids: readonly string[]): Promise<MedicineRow[]> =>
  db.select(medicineColumns).from(medicines).where(oneOf(medicines.id, ids));

export const medicinesByProduct = (db: Db, productIds: readonly string[]): Promise<MedicineRow[]> =>
  db.select(medicineColumns).from(medicines).where(oneOf(medicines.productId, productIds));

/** A page, and which places in the order of names it fills: up to the row behind it, which tells that there is another page. */
export async function medicinePage(db: Db, { page, ...filter }: MedicinePageAsk): Promise<PlacedPage<MedicineRow>> {
  const { first, after } = page;
  const found = await db
    .select({ ...medicineColumns, place: placeInPage({ order: sql`${medicines.name}, ${medicines.id}`, text: medicines.name }, page) })
    .from(medicines)
    .where(and(matching(filter), after === null ? undefined : sql`(${medicines.name}, ${medicines.id}) > (${after[0]}, ${after[1]}::uuid)`))
    .orderBy(asc(medicines.name), asc(medicines.id))
    .limit(first + 1);
  return toPlacedPage(found, page);
}

export async function countMedicines(db: Db, filter: MedicineFilter): Promise<number> {
  const [counted] = await db.select({ medicines: count() }).from(medicines).where(matching(filter));
  return counted?.medicines ?? 0;
}

export interface CategoryCount {
  readonly categoryId: string;
  readonly medicines: number;
}

export const countByCategory = (db: Db, categoryIds: readonly string[]): Promise<CategoryCount[]> =>
  db
    .select({ categoryId: medicines.categoryId, medicines: count() })
    .from(medicines)
    .where(and(offered, oneOf(medicines.categoryId, categoryIds)))
    .groupBy(medicines.categoryId);

export const highestRanked = (db: Db, first: number): Promise<MedicineRow[]> =>
  db
    .select(medicineColumns)
    .from(medicines)
    .where(and(offered, isNotNull(medicines.rank)))
    .orderBy(asc(medicines.rank), asc(medicines.id))
    .limit(first);

/** Whether there is such a category; if so, it stays until the transaction ends. */
export async function holdCategory(tx: Db, id: string): Promise<boolean> {
  const found = await tx.select({ id: categories.id }).from(categories).where(eq(categories.id, id)).for('key share');
  return found.length > 0;
}

/** What a medicine of this product is called unless somebody names it; null when the catalogue has no such product. */
export async function nameOfProduct(tx: Db, productId: string): Promise<string | null> {
  const [found] = await tx
    .select({ tradeName: productGroups.tradeName, strength: products.strength })
    .from(products)
    .innerJoin(productGroups, eq(productGroups.id, products.groupId))
    .where(eq(products.id, productId));
  return found === undefined ? null : `${found.tradeName} ${found.strength}`.trim();
}

export type NewMedicine = Pick<typeof medicines.$inferInsert, 'tenantId' | 'productId' | 'categoryId' | 'name' | 'priceMinor'>;

/** Inserts a medicine that stock is kept of, none as yet. Returns its id. */
export async function insertMedicine(tx: Db, medicine: NewMedicine, reorderLevel: number): Promise<string> {
  const [inserted] = await tx.insert(medicines).values(medicine).returning({ id: medicines.id });
  if (inserted === undefined) throw new Error('a medicine was not inserted');
  await tx.insert(stockLevels).values({ medicineId: inserted.id, tenantId: medicine.tenantId, quantity: 0, reorderLevel });
  return inserted.id;
}

/** `undefined` leaves a column as it is. */
export interface MedicineChanges {
  readonly name: string | undefined;
  readonly priceMinor: number | undefined;
  readonly categoryId: string | undefined;
  readonly discontinued: boolean | undefined;
}

/** Whether there is such a medicine. */
export async function changeMedicine(tx: Db, id: string, { discontinued, ...columns }: MedicineChanges): Promise<boolean> {
  // Discontinuing what is discontinued already does not move the date.
  const discontinuedAt = discontinued ? sql`coalesce(${medicines.discontinuedAt}, now())` : null;
  const changed = await tx
    .update(medicines)
    .set({
      ...columns,
      ...(discontinued === undefined ? {} : { discontinuedAt }),
      version: sql`${medicines.version} + 1`,
      updatedAt: sql`now()`,
    })
    .where(eq(medicines.id, id))
    .returning({ id: medicines.id });
  return changed.length > 0;
}
