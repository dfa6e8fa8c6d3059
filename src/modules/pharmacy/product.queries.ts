import { and, asc, count, eq, ilike, inArray, or, sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
import { oneOf } from '../../database/one-of.js';
import {
  dosageForms,
  ingredients,
  manufacturers,
  type MARKETING_STATUSES,
  productGroups,
  productIngredients,
  products,
  routes,
} from '../../database/tables/catalogue.js';
import type { TextPageAsk } from '../../graphql/page-args.js';
import { containing } from '../../graphql/search.js';

/** A product with its names, and with the ids of what they are names of: the row's tags are made from those. */
export interface ProductRow {
  readonly id: string;
  readonly groupId: string;
  readonly tradeName: string;
  readonly strength: string;
  readonly strengthRemark: string | null;
  readonly dosageFormId: string;
  readonly dosageForm: string;
  readonly routeId: string;
  readonly route: string;
  readonly manufacturerId: string;
  readonly manufacturer: string;
  readonly manufacturerFullName: string;
  readonly ingredients: readonly { readonly id: string; readonly name: string }[];
  readonly teCode: string | null;
  readonly approvalDate: string | null;
  readonly approvedBefore1982: boolean;
  readonly referenceListed: boolean;
  readonly referenceStandard: boolean;
  readonly marketingStatus: (typeof MARKETING_STATUSES)[number];
}

export const productColumns = {
  id: products.id,
  groupId: products.groupId,
  tradeName: productGroups.tradeName,
  strength: products.strength,
  strengthRemark: products.strengthRemark,
  dosageFormId: products.dosageFormId,
  dosageForm: dosageForms.name,
  routeId: products.routeId,
  route: routes.name,
  manufacturerId: products.manufacturerId,
  manufacturer: manufacturers.name,
  manufacturerFullName: manufacturers.fullName,
  ingredients: sql<{ id: string; name: string }[]>`(
    select coalesce(json_agg(json_build_object('id', ${ingredients.id}, 'name', ${ingredients.name}) order by ${productIngredients.ordinal}), '[]'::json)
    from ${productIngredients} join ${ingredients} on ${ingredients.id} = ${productIngredients.ingredientId}
    where ${productIngredients.productId} = ${products.id}
  )`,
  teCode: products.teCode,
  approvalDate: products.approvalDate,
  approvedBefore1982: products.approvedBefore1982,
  referenceListed: products.referenceListed,
  referenceStandard: products.referenceStandard,
  marketingStatus: products.marketingStatus,
};

const selectProducts = (db: Db) =>
  db
    .select(productColumns)
    .from(products)
    .innerJoin(productGroups, eq(productGroups.id, products.groupId))
    .innerJoin(manufacturers, eq(manufacturers.id, products.manufacturerId))
    .innerJoin(dosageForms, eq(dosageForms.id, products.dosageFormId))
    .innerJoin(routes, eq(routes.id, products.routeId));

export const productsById = (db: Db, ids: readonly string[]): Promise<ProductRow[]> =>
  selectProducts(db).where(oneOf(products.id, ids));

export interface CatalogueFilter {
  readonly search: string | null;
}

export interface CataloguePageAsk extends CatalogueFilter {
  readonly page: TextPageAsk;
}

function matching(db: Db, { search }: CatalogueFilter): SQL | undefined {
  if (search === null) return undefined;
  const pattern = containing(search);
  const withIngredient = db
    .select({ id: productIngredients.productId })
    .from(productIngredients)
    .innerJoin(ingredients, eq(ingredients.id, productIngredients.ingredientId))
    .where(ilike(ingredients.name, pattern));
  return or(ilike(productGroups.tradeName, pattern), inArray(products.id, withIngredient));
}

/** One row more than asked for tells whether there is another page. */
export const cataloguePage = (db: Db, { page, ...filter }: CataloguePageAsk): Promise<ProductRow[]> =>
  selectProducts(db)
    .where(and(matching(db, filter), page.after === null ? undefined : sql`(${productGroups.tradeName}, ${products.id}) > (${page.after[0]}, ${page.after[1]})`))
    .orderBy(asc(productGroups.tradeName), asc(products.id))
    .limit(page.first + 1);

export async function countProducts(db: Db, filter: CatalogueFilter): Promise<number> {
  const [counted] = await db
    .select({ products: count() })
    .from(products)
    .innerJoin(productGroups, eq(productGroups.id, products.groupId))
    .where(matching(db, filter));
  return counted?.products ?? 0;
}
