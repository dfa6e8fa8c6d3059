import { Arg, Ctx, FieldResolver, GraphQLISODateTime, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Requires } from '../../graphql/authorize.js';
import { CacheProfile } from '../../graphql/cache-profile.js';
import type { Context } from '../../graphql/context.js';
import { Reads, Writes } from '../../graphql/dependencies.js';
import { NULL_WITHOUT_ROLE } from '../../graphql/root-fields.js';
import type { MedicineRow } from './medicine.queries.js';
import { loadMedicine } from './medicine.service.js';
import { Medicine } from './medicine.type.js';
import { Money } from './money.type.js';
import { lowStock, stockOfMedicine } from './stock.loaders.js';
import type { StockRow } from './stock.queries.js';
import { adjustStock, sellMedicine, stock, type Sale, type StockChange } from './stock.service.js';
import { AdjustStockInput, AdjustStockPayload, SellMedicineInput, SellMedicinePayload, StockLevel } from './stock.type.js';

@Resolver(() => StockLevel)
export class StockResolver {
  @Requires('STAFF')
  @CacheProfile('inventory')
  @Reads(stockOfMedicine)
  @Query(() => StockLevel, { nullable: true, description: `The stock of one medicine. Null when the tenant keeps none of it. ${NULL_WITHOUT_ROLE}` })
  stock(@Arg('medicineId', () => ID) medicineId: string, @Ctx() ctx: Context): Promise<StockRow | null> {
    return stock(ctx, medicineId);
  }

  @Requires('STAFF')
  @CacheProfile('stats')
  @Reads(lowStock)
  @Query(() => Int, { nullable: true, description: `How many medicines are at or below their reorder level, discontinued ones left out. ${NULL_WITHOUT_ROLE}` })
  async lowStockCount(@Ctx() ctx: Context): Promise<number> {
    return (await ctx.load(lowStock).load({})).toReorder;
  }

  @Requires('STAFF')
  @Writes('stock_levels', 'stock_movements')
  @Mutation(() => SellMedicinePayload, {
    description:
      'Takes units out of stock, never more than there are: else it fails with INSUFFICIENT_STOCK. What is left of a discontinued medicine can be sold.',
  })
  sellMedicine(@Arg('input', () => SellMedicineInput) input: SellMedicineInput, @Ctx() ctx: Context): Promise<Sale> {
    return sellMedicine(ctx, input);
  }

  @Requires('STAFF')
  @Writes('stock_levels', 'stock_movements')
  @Mutation(() => AdjustStockPayload, { description: 'Adds or takes units otherwise than by a sale. Fails with INSUFFICIENT_STOCK below 0.' })
  adjustStock(@Arg('input', () => AdjustStockInput) input: AdjustStockInput, @Ctx() ctx: Context): Promise<StockChange> {
    return adjustStock(ctx, input);
  }

  @FieldResolver(() => Boolean, { description: 'Whether the quantity is at or below the reorder level.' })
  low(@Root() { quantity, reorderLevel }: StockRow): boolean {
    return quantity <= reorderLevel;
  }

  @FieldResolver(() => GraphQLISODateTime)
  updatedAt(@Root() { updatedAt }: StockRow): Date {
    return new Date(updatedAt);
  }
}

@Resolver(() => SellMedicinePayload)
export class SellMedicinePayloadResolver {
  @FieldResolver(() => Medicine)
  medicine(@Root() { medicineId }: Sale, @Ctx() ctx: Context): Promise<MedicineRow> {
    return loadMedicine(ctx, medicineId);
  }

  @FieldResolver(() => StockLevel, { description: 'What is left.' })
  stock(@Root() { medicineId }: Sale, @Ctx() ctx: Context): Promise<StockRow | null> {
    return ctx.load(stockOfMedicine).load(medicineId);
  }

  @FieldResolver(() => Money, { description: 'What the sale is charged, at the price of the moment.' })
  total(@Root() { totalMinor }: Sale, @Ctx() ctx: Context): Money {
    return { amount: totalMinor, currency: ctx.tenant.currency };
  }
}

@Resolver(() => AdjustStockPayload)
export class AdjustStockPayloadResolver {
  @FieldResolver(() => Medicine)
  medicine(@Root() { medicineId }: StockChange, @Ctx() ctx: Context): Promise<MedicineRow> {
    return loadMedicine(ctx, medicineId);
  }

  @FieldResolver(() => StockLevel)
  stock(@Root() { medicineId }: StockChange, @Ctx() ctx: Context): Promise<StockRow | null> {
    return ctx.load(stockOfMedicine).load(medicineId);
  }
}
