import { defineEntityLoader, defineList } from '../../cache/index.js';
import type { ReadDb } from '../../graphql/context.js';
import { profiles } from '../../graphql/profiles.js';
import { shapeOf } from '../../graphql/shape.js';
import { allCategories, categoriesById, categoryColumns, type CategoryRow } from './category.queries.js';

const version = shapeOf(categoryColumns);

export const categoryById = defineEntityLoader<ReadDb, string, CategoryRow>({
  name: 'category',
  table: 'categories',
  partition: 'own',
  policy: profiles.reference,
  version,
  keyColumn: 'id',
  batch: (read, ids) => read((db) => categoriesById(db, ids)),
  keyOf: (category) => category.id,
});

export const categoryList = defineList<ReadDb, Record<string, never>, readonly CategoryRow[]>({
  name: 'categories',
  partition: 'own',
  policy: profiles.reference,
  version,
  reads: [{ table: 'categories', wholeTable: true }],
  query: (read) => read(allCategories),
  primes: (rows, prime) => {
    prime(categoryById, rows);
  },
});
