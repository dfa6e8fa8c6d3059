import { and, asc, count, ilike, sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
import { oneOf } from '../../database/one-of.js';
import { productGroups, products } from '../../database/tables/catalogue.js';
import type { TextPageAsk } from '../../graphql/page-args.js';
import { containing } from '../../graphql/search.js';

export interface GroupRow {
  readonly id: string;
  readonly tradeName: string;
}

export const groupColumns = {
  id: productGroups.id,
  tradeName: productGroups.tradeName,
};

export const groupsById = (db: Db, ids: readonly string[]): Promise<GroupRow[]> =>
  db.select(groupColumns).from(productGroups).where(oneOf(productGroups.id, ids));

export interface GroupFilter {
  readonly search: string | null;
}

export interface GroupPageAsk extends GroupFilter {
  readonly page: TextPageAsk;
}

const matching = ({ search }: GroupFilter): SQL | undefined => (search === null ? undefined : ilike(productGroups.tradeName, containing(search)));

/** One row more than asked for tells whether there is another page. */
export const groupPage = (db: Db, { page, ...filter }: GroupPageAsk): Promise<GroupRow[]> =>
  db
    .select(groupColumns)
    .from(productGroups)
    .where(and(matching(filter), page.after === null ? undefined : sql`(${productGroups.tradeName}, ${productGroups.id}) > (${page.after[0]}, ${page.after[1]}::uuid)`))
    .orderBy(asc(productGroups.tradeName), asc(productGroups.id))
    .limit(page.first + 1);

export async function countGroups(db: Db, filter: GroupFilter): Promise<number> {
  const [counted] = await db.select({ groups: count() }).from(productGroups).where(matching(filter));
  return counted?.groups ?? 0;
}

/** Which products bear a trade name, and nothing else of them: their rows have a loader of their own. */
export interface GroupVariants {
  readonly groupId: string;
  readonly productIds: readonly string[];
}

export const variantColumns = {
  groupId: products.groupId,
  productIds: sql<string[]>`json_agg(${products.id} order by ${products.id})`,
};

export const variantsOfGroups = (db: Db, groupIds: readonly string[]): Promise<GroupVariants[]> =>
  db.select(variantColumns).from(products).where(oneOf(products.groupId, groupIds)).groupBy(products.groupId);
