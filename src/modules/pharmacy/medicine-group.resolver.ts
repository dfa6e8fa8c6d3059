import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { TOTAL_COUNT } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { Reads } from '../../graphql/dependencies.js';
import { NULL_WITH_ERROR } from '../../graphql/root-fields.js';
import { groupById, groupList, groupTotal, variantsOfGroup } from './medicine-group.loaders.js';
import type { GroupRow } from './medicine-group.queries.js';
import { medicineGroup, medicineGroups, medicinesOf, variantsOf, type GroupPage } from './medicine-group.service.js';
import { MedicineGroup, MedicineGroupConnection, MedicineGroupsArgs } from './medicine-group.type.js';
import { medicineByProduct } from './medicine.loaders.js';
import type { MedicineRow } from './medicine.queries.js';
import { Medicine } from './medicine.type.js';
import { productById } from './product.loaders.js';
import type { ProductRow } from './product.queries.js';
import { Product } from './product.type.js';

@Resolver(() => MedicineGroup)
export class MedicineGroupResolver {
  @CacheProfile('reference', { shared: true })
  @Reads(groupList)
  @Query(() => MedicineGroupConnection, { nullable: true, description: `Trade names of the catalogue, in alphabetical order. ${NULL_WITH_ERROR}` })
  medicineGroups(@Args(() => MedicineGroupsArgs) args: MedicineGroupsArgs, @Ctx() ctx: Context): Promise<GroupPage> {
    return medicineGroups(ctx, args);
  }

  @CacheProfile('reference', { shared: true })
  @Reads(groupById)
  @Query(() => MedicineGroup, { nullable: true, description: `One trade name. Null when there is none with this id. ${NULL_WITH_ERROR}` })
  medicineGroup(@Arg('id', () => ID) id: string, @Ctx() ctx: Context): Promise<GroupRow | null> {
    return medicineGroup(ctx, id);
  }

  @Reads(variantsOfGroup, productById)
  @FieldResolver(() => [Product], { description: 'Products of this name: strengths, forms and manufacturers.' })
  variants(@Root() group: GroupRow, @Ctx() ctx: Context): Promise<readonly ProductRow[]> {
    return variantsOf(ctx, group);
  }

  @Reads(variantsOfGroup, medicineByProduct)
  @FieldResolver(() => [Medicine], { description: 'Those of the variants that the tenant offers.' })
  medicines(@Root() group: GroupRow, @Ctx() ctx: Context): Promise<readonly MedicineRow[]> {
    return medicinesOf(ctx, group);
  }
}

@Resolver(() => MedicineGroupConnection)
export class MedicineGroupConnectionResolver {
  @Reads(groupTotal)
  @FieldResolver(() => Int, TOTAL_COUNT)
  totalCount(@Root() page: GroupPage, @Ctx() ctx: Context): Promise<number> {
    return ctx.load(groupTotal).load(page.of);
  }
}
