import type { Db } from '../../database/database.js';
import type { Context } from '../../graphql/context.js';
import { LarderError } from '../../graphql/errors.js';
import { uuidOrNull } from '../../graphql/uuid.js';
import { badInput, MAX_INT } from '../../graphql/validation.js';
import { medicineNotFound } from './medicine.service.js';
import { stockOfMedicine } from './stock.loaders.js';
import { changeStock, quantityOf, recordMovement, takeOut, type StockRow } from './stock.queries.js';
import type { AdjustStockInput, SellMedicineInput } from './stock.type.js';

/** What the payloads of stock mutations are made from: their fields read the rows only when selected. */
export interface StockChange {
  readonly medicineId: string;
}

export interface Sale extends StockChange {
  readonly totalMinor: number;
}

export async function stock(ctx: Context, medicineId: string): Promise<StockRow | null> {
  const id = uuidOrNull(medicineId);
  return id === null ? null : ctx.load(stockOfMedicine).load(id);
}

export async function isInStock(ctx: Context, medicineId: string): Promise<boolean> {
  const row = await ctx.load(stockOfMedicine).load(medicineId);
  return row !== null && row.quantity > 0;
}

/** @throws LarderError BAD_USER_INPUT, NOT_FOUND, or INSUFFICIENT_STOCK with `available`. */
export async function sellMedicine(ctx: Context, input: SellMedicineInput): Promise<Sale> {
  const { quantity } = input;
  const medicineId = medicineIdOf(input);
  const totalMinor = await ctx.transaction('tenant', async (tx) => {
    const priceMinor = await takeOut(tx, medicineId, quantity);
    if (priceMinor === null) throw await refusal(tx, medicineId, -quantity);
    const total = priceMinor * quantity;
    if (total > MAX_INT) throw badInput('`quantity` is more than one sale can be charged for: sell in parts.');
    await recordMovement(tx, { ...movementOf(ctx, medicineId), delta: -quantity, reason: 'SALE' });
    return total;
  });
  return { medicineId, totalMinor };
}

/** @throws LarderError BAD_USER_INPUT, NOT_FOUND, or INSUFFICIENT_STOCK with `available`. */
export async function adjustStock(ctx: Context, input: AdjustStockInput): Promise<StockChange> {
  const { delta, reason } = input;
  const note = input.note?.trim() ?? null;
  const medicineId = medicineIdOf(input);
  await ctx.transaction('tenant', async (tx) => {
    if (!(await changeStock(tx, medicineId, delta))) throw await refusal(tx, medicineId, delta);
    await recordMovement(tx, { ...movementOf(ctx, medicineId), delta, reason, note });
  });
  return { medicineId };
}

/** Why the stock could not be changed. */
async function refusal(tx: Db, medicineId: string, delta: number): Promise<LarderError> {
  const available = await quantityOf(tx, medicineId);
  if (available === null) return medicineNotFound();
  if (delta > 0) return badInput(`\`delta\` is ${delta}, on top of ${available} in stock: that is more than can be counted.`);
  return new LarderError('INSUFFICIENT_STOCK', `${-delta} units are asked for, ${available} are in stock.`, { available });
}

export function medicineIdOf(input: { readonly medicineId: string }): string {
  const id = uuidOrNull(input.medicineId);
  if (id === null) throw medicineNotFound();
  return id;
}

export function movementOf(ctx: Context, medicineId: string) {
  const { viewer } = ctx;
  return { medicineId, tenantId: ctx.tenant.id, userId: viewer.kind === 'user' ? viewer.userId : null };
}
