import { defineEntityLoader, defineList } from '../../cache/index.js';
import { toPage, type Page } from '../../graphql/connection.js';
import type { ReadDb } from '../../graphql/context.js';
import { profiles } from '../../graphql/profiles.js';
import { shapeOf } from '../../graphql/shape.js';
import {
  countByCategory,
  countMedicines,
  highestRanked,
  medicineColumns,
  medicinePage,
  medicinesById,
  medicinesByProduct,
  type CategoryCount,
  type MedicineFilter,
  type MedicinePageAsk,
  type MedicineRow,
} from './medicine.queries.js';

const version = shapeOf(medicineColumns);

export const medicineById = defineEntityLoader<ReadDb, string, MedicineRow>({
  name: 'medicine',
  table: 'medicines',
  partition: 'own',
  policy: profiles.detail,
  version,
  keyColumn: 'id',
  batch: (read, ids) => read((db) => medicinesById(db, ids)),
  keyOf: (medicine) => medicine.id,
});

/** What the tenant makes of a product of the catalogue; null for the many that it does not have. */
export const medicineByProduct = defineEntityLoader<ReadDb, string, MedicineRow>({
  name: 'medicineOfProduct',
  table: 'medicines',
  partition: 'own',
  policy: profiles.detail,
  version,
  keyColumn: 'product_id',
  byRow: false,
  batch: (read, productIds) => read((db) => medicinesByProduct(db, productIds)),
  keyOf: (medicine) => medicine.productId,
});

export const medicineList = defineList<ReadDb, MedicinePageAsk, Page<MedicineRow>>({
  name: 'medicines',
  partition: 'own',
  policy: profiles.list,
  version,
  reads: [{ table: 'medicines', filter: { category_id: (ask) => ask.categoryId ?? undefined } }],
  query: (read, ask) => read(async (db) => toPage(await medicinePage(db, ask), ask.page)),
  primes: (page, prime) => {
    prime(medicineById, page.rows);
  },
});

export const medicineTotal = defineList<ReadDb, MedicineFilter, number>({
  name: 'medicineTotal',
  partition: 'own',
  policy: profiles.list,
  version: '1',
  reads: [{ table: 'medicines', filter: { category_id: (filter) => filter.categoryId ?? undefined } }],
  query: (read, filter) => read((db) => countMedicines(db, filter)),
});

/** Counts of several categories are one query, as rows are. */
export const medicineCountByCategory = defineEntityLoader<ReadDb, string, CategoryCount>({
  name: 'medicineCountOfCategory',
  table: 'medicines',
  partition: 'own',
  policy: profiles.stats,
  version: '1',
  keyColumn: 'category_id',
  byRow: false,
  batch: (read, categoryIds) => read((db) => countByCategory(db, categoryIds)),
  keyOf: ({ categoryId }) => categoryId,
});

export const topMedicineList = defineList<ReadDb, { readonly first: number }, readonly MedicineRow[]>({
  name: 'topMedicines',
  partition: 'own',
  policy: profiles.list,
  version,
  reads: [{ table: 'medicines', wholeTable: true }],
  query: (read, { first }) => read((db) => highestRanked(db, first)),
  primes: (rows, prime) => {
    prime(medicineById, rows);
  },
});
