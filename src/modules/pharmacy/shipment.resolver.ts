import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { Requires } from '../../graphql/authorize.js';
import type { Context } from '../../graphql/context.js';
import { Writes } from '../../graphql/dependencies.js';
import type { MedicineRow } from './medicine.queries.js';
import { loadMedicine } from './medicine.service.js';
import { Medicine } from './medicine.type.js';
import { receiveShipment, type ReceivedItem } from './shipment.service.js';
import { ReceivedItemType, ReceiveShipmentInput, ReceiveShipmentPayload } from './shipment.type.js';
import { stockOfMedicine } from './stock.loaders.js';
import type { StockRow } from './stock.queries.js';
import { StockLevel } from './stock.type.js';

@Resolver(() => ReceivedItemType)
export class ShipmentResolver {
  @Requires('STAFF')
  @Writes('stock_levels', 'stock_movements')
  @Mutation(() => ReceiveShipmentPayload, { description: 'Adds a delivery to the stock: all of it, or nothing when a medicine is unknown (NOT_FOUND).' })
  async receiveShipment(
    @Arg('input', () => ReceiveShipmentInput) input: ReceiveShipmentInput,
    @Ctx() ctx: Context,
  ): Promise<ReceiveShipmentPayload> {
    return { items: await receiveShipment(ctx, input) };
  }

  @FieldResolver(() => Medicine)
  medicine(@Root() { medicineId }: ReceivedItem, @Ctx() ctx: Context): Promise<MedicineRow> {
    return loadMedicine(ctx, medicineId);
  }

  @FieldResolver(() => StockLevel, { description: 'What is there now.' })
  stock(@Root() { medicineId }: ReceivedItem, @Ctx() ctx: Context): Promise<StockRow | null> {
    return ctx.load(stockOfMedicine).load(medicineId);
  }
}
