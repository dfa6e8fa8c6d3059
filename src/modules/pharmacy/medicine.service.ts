import { toConnection, type Connection } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { duplicatesAre } from '../../graphql/duplicates.js';
import { LarderError } from '../../graphql/errors.js';
import { textPageAsk } from '../../graphql/page-args.js';
import { searchText } from '../../graphql/search.js';
import { uuidOrNull } from '../../graphql/uuid.js';
import { badInput, MAX_NAME_LENGTH } from '../../graphql/validation.js';
import { medicineById, medicineByProduct, medicineCountByCategory, medicineList, topMedicineList } from './medicine.loaders.js';
import { changeMedicine, holdCategory, insertMedicine, nameOfProduct, type MedicineChanges, type MedicineFilter, type MedicineRow } from './medicine.queries.js';
import { MOST_WANTED, type CreateMedicineInput, type MedicinesArgs, type TopMedicinesArgs, type UpdateMedicineInput } from './medicine.type.js';
import { productIdOrNull } from './product-id.js';

export type MedicinePage = Connection<MedicineRow, MedicineFilter>;

/** @throws LarderError BAD_USER_INPUT or CURSOR_INVALID. */
export async function medicines(ctx: Context, args: MedicinesArgs): Promise<MedicinePage> {
  const filter: MedicineFilter = { categoryId: isGiven(args.categoryId) ? categoryIdOf(args.categoryId) : null, search: searchText(args.search) };
  const page = textPageAsk(args, uuidOrNull);
  const found = await ctx.load(medicineList).load({ ...filter, page });
  return toConnection(found, { ask: page, keyOf: ({ name, id }) => [name, id], of: filter });
}

export function topMedicines(ctx: Context, { first }: TopMedicinesArgs): Promise<readonly MedicineRow[]> {
  return ctx.load(topMedicineList).load({ first: first ?? MOST_WANTED });
}

export async function medicine(ctx: Context, id: string): Promise<MedicineRow | null> {
  const medicineId = uuidOrNull(id);
  return medicineId === null ? null : ctx.load(medicineById).load(medicineId);
}

/** What the tenant offers of these products. */
export async function medicinesOfProducts(ctx: Context, productIds: readonly string[]): Promise<readonly MedicineRow[]> {
  const found = await ctx.load(medicineByProduct).loadMany(productIds);
  return found.filter((row) => row !== null).filter((row) => !row.discontinued);
}

export async function medicineCount(ctx: Context, categoryId: string): Promise<number> {
  const counted = await ctx.load(medicineCountByCategory).load(categoryId);
  return counted?.medicines ?? 0;
}

/** @throws LarderError NOT_FOUND for product or category, ALREADY_EXISTS, BAD_USER_INPUT. */
export async function createMedicine(ctx: Context, input: CreateMedicineInput): Promise<MedicineRow> {
  const categoryId = categoryIdOf(input.categoryId);
  const productId = productIdOrNull(input.productId);
  const create = ctx.transaction('tenant', async (tx) => {
    const productName = productId === null ? null : await nameOfProduct(tx, productId);
    if (productId === null || productName === null) throw new LarderError('NOT_FOUND', 'The catalogue has no product with the id that `productId` gives.');
    if (!(await holdCategory(tx, categoryId))) throw categoryNotFound();
    const name = input.name?.trim() ?? [...productName].slice(0, MAX_NAME_LENGTH).join('');
    return insertMedicine(tx, { tenantId: ctx.tenant.id, productId, categoryId, name, priceMinor: input.priceAmount }, input.reorderLevel);
  });
  return loadMedicine(ctx, await create.catch(duplicatesAre('The tenant has a medicine of this product already, perhaps a discontinued one.')));
}

/** @throws LarderError BAD_USER_INPUT or NOT_FOUND. */
export function updateMedicine(ctx: Context, { id, name, priceAmount, categoryId, discontinued }: UpdateMedicineInput): Promise<MedicineRow> {
  return change(ctx, id, {
    name: name?.trim(),
    priceMinor: priceAmount ?? undefined,
    categoryId: isGiven(categoryId) ? categoryIdOf(categoryId) : undefined,
    discontinued: discontinued ?? undefined,
  });
}

/** @throws LarderError NOT_FOUND. */
export function discontinueMedicine(ctx: Context, id: string): Promise<MedicineRow> {
  return change(ctx, id, { name: undefined, priceMinor: undefined, categoryId: undefined, discontinued: true });
}

async function change(ctx: Context, id: string, changes: MedicineChanges): Promise<MedicineRow> {
  const medicineId = uuidOrNull(id);
  await ctx.transaction('tenant', async (tx) => {
    if (changes.categoryId !== undefined && !(await holdCategory(tx, changes.categoryId))) throw categoryNotFound();
    if (medicineId === null || !(await changeMedicine(tx, medicineId, changes))) throw medicineNotFound();
  });
  return loadMedicine(ctx, medicineId);
}

/** After a change: a medicine that was there. @throws LarderError NOT_FOUND. */
export async function loadMedicine(ctx: Context, id: string | null): Promise<MedicineRow> {
  const found = id === null ? null : await ctx.load(medicineById).load(id);
  if (found === null) throw medicineNotFound();
  return found;
}

export function medicineNotFound(): LarderError {
  return new LarderError('NOT_FOUND', 'The tenant has no medicine with this id.');
}

function categoryNotFound(): LarderError {
  return new LarderError('NOT_FOUND', 'The tenant has no category with the id that `categoryId` gives.');
}

function categoryIdOf(id: string): string {
  const categoryId = uuidOrNull(id);
  if (categoryId === null) throw badInput('`categoryId` is no id of a category.');
  return categoryId;
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
