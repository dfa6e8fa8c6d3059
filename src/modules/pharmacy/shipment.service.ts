import type { Context } from '../../graphql/context.js';
import { badInput, MAX_INT } from '../../graphql/validation.js';
import { medicineNotFound } from './medicine.service.js';
import { knownMedicines, recordMovements, takeIn } from './shipment.queries.js';
import type { ReceiveShipmentInput } from './shipment.type.js';
import { medicineIdOf, movementOf, type StockChange } from './stock.service.js';

export interface ReceivedItem extends StockChange {
  readonly quantity: number;
}

/** Takes in all of a shipment or nothing. @throws LarderError NOT_FOUND or BAD_USER_INPUT. */
export async function receiveShipment(ctx: Context, input: ReceiveShipmentInput): Promise<readonly ReceivedItem[]> {
  const units = new Map<string, number>();
  for (const item of input.items) {
    const medicineId = medicineIdOf(item);
    units.set(medicineId, (units.get(medicineId) ?? 0) + item.quantity);
  }
  const received = [...units].map(([medicineId, quantity]) => ({ medicineId, quantity }));
  const note = input.note?.trim() ?? null;
  await ctx.transaction('tenant', async (tx) => {
    const known = await knownMedicines(tx, [...units.keys()]);
    if (known.size < units.size) throw medicineNotFound();
    const isCountable = received.every(({ quantity }) => quantity <= MAX_INT);
    const taken = isCountable ? await takeIn(tx, ctx.tenant.id, received) : null;
    if (taken?.size !== units.size) throw badInput(`With this shipment, more than ${MAX_INT} units of a medicine would be in stock.`);
    const movements = received.map(({ medicineId, quantity }) => ({ ...movementOf(ctx, medicineId), delta: quantity, reason: 'RECEIPT' as const, note }));
    await recordMovements(tx, movements);
  });
  return received;
}
