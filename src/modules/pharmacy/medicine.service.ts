import { toConnection, type Connection } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { LarderError } from '../../graphql/errors.js';
import { badInput, checkNumber, checkText, MAX_INT, uuidOrNull } from './input.js';
import { medicineById, medicineByProduct, medicineCountByCategory, medicineList, topMedicineList } from './medicine.loaders.js';
import { categoryExists, changeMedicine, type MedicineFilter, type MedicineRow } from './medicine.queries.js';
import type { MedicinesArgs, UpdateMedicineInput } from './medicine.type.js';
import { textPageAsk } from './page-args.js';
import { searchText } from './search.js';

export const MOST_WANTED = 200;
const MAX_NAME_LENGTH = 200;

export type MedicinePage = Connection<MedicineRow, MedicineFilter>;

/** @throws LarderError BAD_USER_INPUT or CURSOR_INVALID. */
export async function medicines(ctx: Context, args: MedicinesArgs): Promise<MedicinePage> {
  const filter: MedicineFilter = { categoryId: categoryIdOf(args.categoryId), search: searchText(args.search) };
  const page = textPageAsk(args, uuidOrNull);
  const found = await ctx.load(medicineList).load({ ...filter, page });
  return toConnection(found, page, ({ name, id }) => [name, id], filter);
}

/** @throws LarderError BAD_USER_INPUT. */
export function topMedicines(ctx: Context, first: number): Promise<readonly MedicineRow[]> {
  return ctx.load(topMedicineList).load({ first: checkNumber('first', first, { min: 1, max: MOST_WANTED }) });
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

/** @throws LarderError BAD_USER_INPUT or NOT_FOUND. */
export async function updateMedicine(ctx: Context, input: UpdateMedicineInput): Promise<MedicineRow> {
  const { name, priceAmount, categoryId, discontinued } = input;
  for (const [field, value] of Object.entries({ name, priceAmount, categoryId, discontinued })) {
    if (value === null) throw badInput(`\`${field}\` is null: leave it out to keep what it is.`);
  }
  const id = uuidOrNull(input.id);
  const changes = {
    name: isGiven(name) ? checkText('name', name, MAX_NAME_LENGTH) : undefined,
    priceMinor: isGiven(priceAmount) ? checkNumber('priceAmount', priceAmount, { min: 0, max: MAX_INT }) : undefined,
    categoryId: categoryIdOf(categoryId) ?? undefined,
    discontinued: discontinued ?? undefined,
  };
  await ctx.transaction('tenant', async (tx) => {
    if (changes.categoryId !== undefined && !(await categoryExists(tx, changes.categoryId))) {
      throw new LarderError('NOT_FOUND', 'The tenant has no category with the id that `categoryId` gives.');
    }
    if (id === null || !(await changeMedicine(tx, id, changes))) throw medicineNotFound();
  });
  return loadMedicine(ctx, id);
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

function categoryIdOf(id: string | null | undefined): string | null {
  if (!isGiven(id)) return null;
  const categoryId = uuidOrNull(id);
  if (categoryId === null) throw badInput('`categoryId` is no id of a category.');
  return categoryId;
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
