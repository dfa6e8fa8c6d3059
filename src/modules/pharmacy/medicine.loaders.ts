import { defineEntityLoader, defineList, type TableRead } from '../../cache/index.js';
import type { ReadDb } from '../../graphql/context.js';
import type { PlacedPage } from '../../graphql/placed-page.js';
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

/** The medicines that lists and counts choose from; what else of them counts is said by each. */
const offered: Pick<TableRead<MedicineFilter>, 'table' | 'filter' | 'optional' | 'containing'> = {
  table: 'medicines',
  filter: { category_id: ({ categoryId }) => categoryId ?? undefined, offered: () => true },
  optional: ['category_id'],
  containing: { column: 'name', text: ({ search }) => search ?? undefined },
};

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

export const medicineList = defineList<ReadDb, MedicinePageAsk, PlacedPage<MedicineRow>>({
  name: 'medicines',
  partition: 'own',
  policy: profiles.list,
  version: `${version}, placed`,
  reads: [{ ...offered, columns: ['name'], within: { column: 'name', span: ({ places }) => places } }],
  query: (read, ask) => read((db) => medicinePage(db, ask)),
  primes: (page, prime) => {
    prime(medicineById, page.rows);
  },
});

export const medicineTotal = defineList<ReadDb, MedicineFilter, number>({
  name: 'medicineTotal',
  partition: 'own',
  policy: profiles.list,
  version: '1',
  reads: [{ ...offered, columns: [] }],
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
  where: { offered: true },
  columns: [],
  batch: (read, categoryIds) => read((db) => countByCategory(db, categoryIds)),
  keyOf: ({ categoryId }) => categoryId,
});

export const topMedicineList = defineList<ReadDb, { readonly first: number }, readonly MedicineRow[]>({
  name: 'topMedicines',
  partition: 'own',
  policy: profiles.list,
  version,
  reads: [{ table: 'medicines', filter: { offered: () => true }, columns: [], within: { column: 'rank', span: (rows, { first }) => ({ from: 0, to: rows.length < first ? Infinity : (rows.at(-1)?.rank ?? Infinity) }) } }],
  query: (read, { first }) => read((db) => highestRanked(db, first)),
  primes: (rows, prime) => {
    prime(medicineById, rows);
  },
});
