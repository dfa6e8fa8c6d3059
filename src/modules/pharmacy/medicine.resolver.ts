import { Arg, Args, Ctx, FieldResolver, GraphQLISODateTime, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Requires } from '../../graphql/authorize.js';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { TOTAL_COUNT } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { Reads, Writes } from '../../graphql/dependencies.js';
import { NULL_WITH_ERROR } from '../../graphql/root-fields.js';
import { tenantById } from '../tenancy/tenancy.module.js';
import { categoryById } from './category.loaders.js';
import type { CategoryData } from './category.service.js';
import { Category } from './category.type.js';
import { medicineById, medicineList, medicineTotal, topMedicineList } from './medicine.loaders.js';
import type { MedicineRow } from './medicine.queries.js';
import { createMedicine, discontinueMedicine, medicine, medicines, topMedicines, updateMedicine, type MedicinePage } from './medicine.service.js';
import { CreateMedicineInput, Medicine, MedicineConnection, MedicinesArgs, MOST_WANTED, TopMedicinesArgs, UpdateMedicineInput } from './medicine.type.js';
import { Money } from './money.type.js';
import { productById } from './product.loaders.js';
import type { ProductRow } from './product.queries.js';
import { Product } from './product.type.js';
import { stockOfMedicine } from './stock.loaders.js';
import type { StockRow } from './stock.queries.js';
import { isInStock } from './stock.service.js';
import { StockLevel } from './stock.type.js';

@Resolver(() => Medicine)
export class MedicineResolver {
  @CacheProfile('list')
  @Reads(medicineList)
  @Query(() => MedicineConnection, { nullable: true, description: `What the tenant offers, by name. Discontinued medicines are left out. ${NULL_WITH_ERROR}` })
  medicines(@Args(() => MedicinesArgs) args: MedicinesArgs, @Ctx() ctx: Context): Promise<MedicinePage> {
    return medicines(ctx, args);
  }

  @CacheProfile('list')
  @Reads(topMedicineList)
  @Query(() => [Medicine], { nullable: true, description: `The most wanted, first first. At most ${MOST_WANTED}; discontinued medicines are left out. ${NULL_WITH_ERROR}` })
  topMedicines(@Args(() => TopMedicinesArgs) args: TopMedicinesArgs, @Ctx() ctx: Context): Promise<readonly MedicineRow[]> {
    return topMedicines(ctx, args);
  }

  @CacheProfile('detail')
  @Reads(medicineById)
  @Query(() => Medicine, { nullable: true, description: `One medicine, a discontinued one too. Null when the tenant has none with this id. ${NULL_WITH_ERROR}` })
  medicine(@Arg('id', () => ID) id: string, @Ctx() ctx: Context): Promise<MedicineRow | null> {
    return medicine(ctx, id);
  }

  @Requires('TENANT_ADMIN')
  @Writes('medicines', 'stock_levels')
  @Mutation(() => Medicine, {
    description: 'Takes a product of the catalogue into the assortment, with none in stock. Fails with NOT_FOUND for an unknown product or category, ALREADY_EXISTS for a product that the tenant has.',
  })
  createMedicine(@Arg('input', () => CreateMedicineInput) input: CreateMedicineInput, @Ctx() ctx: Context): Promise<MedicineRow> {
    return createMedicine(ctx, input);
  }

  @Requires('TENANT_ADMIN')
  @Writes('medicines')
  @Mutation(() => Medicine, { description: 'Takes a medicine out of all lists. It is still to be had by its id, and what is left of it can be sold.' })
  discontinueMedicine(@Arg('id', () => ID) id: string, @Ctx() ctx: Context): Promise<MedicineRow> {
    return discontinueMedicine(ctx, id);
  }

  @Requires('TENANT_ADMIN')
  @Writes('medicines')
  @Mutation(() => Medicine, { description: 'Changes what is given. Fails with NOT_FOUND for an unknown medicine or category.' })
  updateMedicine(@Arg('input', () => UpdateMedicineInput) input: UpdateMedicineInput, @Ctx() ctx: Context): Promise<MedicineRow> {
    return updateMedicine(ctx, input);
  }

  @Reads(tenantById)
  @FieldResolver(() => Money)
  price(@Root() { priceMinor }: MedicineRow, @Ctx() ctx: Context): Money {
    return { amount: priceMinor, currency: ctx.tenant.currency };
  }

  @Reads(categoryById)
  @FieldResolver(() => Category)
  category(@Root() { categoryId }: MedicineRow, @Ctx() ctx: Context): Promise<CategoryData | null> {
    return ctx.load(categoryById).load(categoryId);
  }

  @Reads(productById)
  @FieldResolver(() => Product, { description: 'The product of the catalogue that it is.' })
  product(@Root() { productId }: MedicineRow, @Ctx() ctx: Context): Promise<ProductRow | null> {
    return ctx.load(productById).load(productId);
  }

  @Requires('STAFF')
  @Reads(stockOfMedicine)
  @FieldResolver(() => StockLevel, { nullable: true, description: 'Null when no stock is kept of it.' })
  stock(@Root() { id }: MedicineRow, @Ctx() ctx: Context): Promise<StockRow | null> {
    return ctx.load(stockOfMedicine).load(id);
  }

  @Reads(stockOfMedicine)
  @FieldResolver(() => Boolean, { description: 'Whether there is any: how many, only staff may see.' })
  inStock(@Root() { id }: MedicineRow, @Ctx() ctx: Context): Promise<boolean> {
    return isInStock(ctx, id);
  }

  @FieldResolver(() => GraphQLISODateTime, { description: 'When name, price, category or assortment last changed; not the stock.' })
  updatedAt(@Root() { updatedAt }: MedicineRow): Date {
    return new Date(updatedAt);
  }
}

@Resolver(() => MedicineConnection)
export class MedicineConnectionResolver {
  @Reads(medicineTotal)
  @FieldResolver(() => Int, TOTAL_COUNT)
  totalCount(@Root() page: MedicinePage, @Ctx() ctx: Context): Promise<number> {
    return ctx.load(medicineTotal).load(page.of);
  }
}
