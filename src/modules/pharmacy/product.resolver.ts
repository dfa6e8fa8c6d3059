import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { TOTAL_COUNT } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { Reads } from '../../graphql/dependencies.js';
import { NULL_WITH_ERROR } from '../../graphql/root-fields.js';
import { groupById } from './medicine-group.loaders.js';
import type { GroupRow } from './medicine-group.queries.js';
import { MedicineGroup } from './medicine-group.type.js';
import { catalogueList, catalogueTotal, productById } from './product.loaders.js';
import type { ProductRow } from './product.queries.js';
import { catalogue, product, type CataloguePage } from './product.service.js';
import { CatalogueArgs, Product, ProductConnection } from './product.type.js';

@Resolver(() => Product)
export class ProductResolver {
  @CacheProfile('reference', { shared: true })
  @Reads(catalogueList)
  @Query(() => ProductConnection, { nullable: true, description: `The catalogue of approved products, by trade name. The same for all tenants. ${NULL_WITH_ERROR}` })
  catalogue(@Args(() => CatalogueArgs) args: CatalogueArgs, @Ctx() ctx: Context): Promise<CataloguePage> {
    return catalogue(ctx, args);
  }

  @CacheProfile('reference', { shared: true })
  @Reads(productById)
  @Query(() => Product, { nullable: true, description: `One product of the catalogue. Null when there is none with this id. ${NULL_WITH_ERROR}` })
  product(@Arg('id', () => ID) id: string, @Ctx() ctx: Context): Promise<ProductRow | null> {
    return product(ctx, id);
  }

  @FieldResolver(() => [String], { description: 'Active ingredients.' })
  ingredients(@Root() { ingredients }: ProductRow): readonly string[] {
    return ingredients.map(({ name }) => name);
  }

  @Reads(groupById)
  @FieldResolver(() => MedicineGroup, { description: 'All products of its trade name.' })
  group(@Root() { groupId }: ProductRow, @Ctx() ctx: Context): Promise<GroupRow | null> {
    return ctx.load(groupById).load(groupId);
  }
}

@Resolver(() => ProductConnection)
export class ProductConnectionResolver {
  @Reads(catalogueTotal)
  @FieldResolver(() => Int, TOTAL_COUNT)
  totalCount(@Root() page: CataloguePage, @Ctx() ctx: Context): Promise<number> {
    return ctx.load(catalogueTotal).load(page.of);
  }
}
