import { defineEntityLoader, defineList, type RowRead, type TableRead } from '../../cache/index.js';
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

/** Names are read from tables of their own: a product changes with them. */
const names: readonly RowRead<ProductRow>[] = [
  { table: 'product_groups', keys: ({ groupId }) => [groupId] },
  { table: 'manufacturers', keys: ({ manufacturerId }) => [manufacturerId] },
  { table: 'dosage_forms', keys: ({ dosageFormId }) => [dosageFormId] },
  { table: 'routes', keys: ({ routeId }) => [routeId] },
  { table: 'ingredients', keys: ({ ingredients }) => ingredients.map(({ id }) => id) },
];

export const productById = defineEntityLoader<ReadDb, string, ProductRow>({
  name: 'product',
  table: 'products',
  partition: 'global',
  policy: profiles.reference,
  version,
  keyColumn: 'id',
  alsoReads: [{ table: 'product_ingredients', filter: { product_id: (id) => id } }],
  rowReads: names,
  batch: (read, ids) => read((db) => productsById(db, ids)),
  keyOf: (product) => product.id,
});

const wholeTables = (...tables: readonly string[]): readonly TableRead<unknown>[] => tables.map((table) => ({ table, wholeTable: true }));

export const catalogueList = defineList<ReadDb, CataloguePageAsk, Page<ProductRow>>({
  name: 'catalogue',
  partition: 'global',
  policy: profiles.reference,
  version,
  // A page can change with any of them: names are what it is ordered by, searched for and made of.
  reads: wholeTables('products', 'product_groups', 'product_ingredients', 'ingredients', 'manufacturers', 'dosage_forms', 'routes'),
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
  reads: wholeTables('products', 'product_groups', 'product_ingredients', 'ingredients'),
  query: (read, filter) => read((db) => countProducts(db, filter)),
});
