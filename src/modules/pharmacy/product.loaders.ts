import { defineEntityLoader, defineList, GLOBAL, tags, type Tag, type TableRead } from '../../cache/index.js';
import { toPage, type Page } from '../../graphql/connection.js';
import type { ReadDb } from '../../graphql/context.js';
import { profiles } from '../../graphql/profiles.js';
import { shapeOf } from '../../graphql/shape.js';
import {
  cataloguePage,
  countProducts,
  productColumns,
  productsById,
  type CatalogueFilter,
  type CataloguePageAsk,
  type ProductRow,
} from './product.queries.js';

const version = shapeOf(productColumns);

function namesOf(product: ProductRow): readonly Tag[] {
  const named: readonly (readonly [table: string, ids: readonly string[]])[] = [
    ['product_groups', [product.groupId]],
    ['manufacturers', [product.manufacturerId]],
    ['dosage_forms', [product.dosageFormId]],
    ['routes', [product.routeId]],
    ['ingredients', product.ingredients.map(({ id }) => id)],
  ];
  return named.flatMap(([table, ids]) => [tags.everyRow(GLOBAL, table), ...ids.map((id) => tags.row(GLOBAL, table, id))]);
}

export const productById = defineEntityLoader<ReadDb, string, ProductRow>({
  name: 'product',
  table: 'products',
  partition: 'global',
  policy: profiles.reference,
  version,
  keyColumn: 'id',
  alsoReads: [{ table: 'product_ingredients', filter: { product_id: (id) => id } }],
  rowTags: namesOf,
  batch: (read, ids) => read((db) => productsById(db, ids)),
  keyOf: (product) => product.id,
});

/** A page can change with any of them: names are what it is ordered by, searched for and made of. */
const catalogueTables: readonly TableRead<unknown>[] = [
  ...['products', 'product_groups', 'product_ingredients', 'ingredients', 'manufacturers', 'dosage_forms', 'routes'].map((table) => ({ table })),
];

export const catalogueList = defineList<ReadDb, CataloguePageAsk, Page<ProductRow>>({
  name: 'catalogue',
  partition: 'global',
  policy: profiles.reference,
  version,
  reads: catalogueTables,
  query: (read, ask) => read(async (db) => toPage(await cataloguePage(db, ask), ask.page)),
  primes: (page, prime) => {
    prime(productById, page.rows);
  },
});

export const catalogueTotal = defineList<ReadDb, CatalogueFilter, number>({
  name: 'catalogueTotal',
  partition: 'global',
  policy: profiles.reference,
  version: '1',
  reads: [{ table: 'products' }, { table: 'product_groups' }, { table: 'product_ingredients' }, { table: 'ingredients' }],
  query: (read, filter) => read((db) => countProducts(db, filter)),
});
