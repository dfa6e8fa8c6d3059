import { toConnection, type Connection } from '../../graphql/connection.js';
import type { Context } from '../../graphql/context.js';
import { textPageAsk } from '../../graphql/page-args.js';
import { searchText } from '../../graphql/search.js';
import { uuidOrNull } from '../../graphql/uuid.js';
import { groupById, groupList, variantsOfGroup } from './medicine-group.loaders.js';
import type { GroupFilter, GroupRow } from './medicine-group.queries.js';
import type { MedicineGroupsArgs } from './medicine-group.type.js';
import type { MedicineRow } from './medicine.queries.js';
import { medicinesOfProducts } from './medicine.service.js';
import { productById } from './product.loaders.js';
import type { ProductRow } from './product.queries.js';

export type GroupPage = Connection<GroupRow, GroupFilter>;

/** @throws LarderError CURSOR_INVALID. */
export async function medicineGroups(ctx: Context, args: MedicineGroupsArgs): Promise<GroupPage> {
  const filter: GroupFilter = { search: searchText(args.search) };
  const page = textPageAsk(args, uuidOrNull);
  const found = await ctx.load(groupList).load({ ...filter, page });
  return toConnection(found, { ask: page, keyOf: ({ tradeName, id }) => [tradeName, id], of: filter });
}

export async function medicineGroup(ctx: Context, id: string): Promise<GroupRow | null> {
  const groupId = uuidOrNull(id);
  return groupId === null ? null : ctx.load(groupById).load(groupId);
}

export async function variantsOf(ctx: Context, group: GroupRow): Promise<readonly ProductRow[]> {
  const found = await ctx.load(productById).loadMany(await productIdsOf(ctx, group));
  return found.filter((product) => product !== null);
}

export async function medicinesOf(ctx: Context, group: GroupRow): Promise<readonly MedicineRow[]> {
  return medicinesOfProducts(ctx, await productIdsOf(ctx, group));
}

async function productIdsOf(ctx: Context, { id }: GroupRow): Promise<readonly string[]> {
  const variants = await ctx.load(variantsOfGroup).load(id);
  return variants?.productIds ?? [];
}
