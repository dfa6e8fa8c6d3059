import { defineEntityLoader, defineList } from '../../cache/index.js';
import { toPage, type Page } from '../../graphql/connection.js';
import type { ReadDb } from '../../graphql/context.js';
import { profiles } from '../../graphql/profiles.js';
import { shapeOf } from '../../graphql/shape.js';
import {
  countGroups,
  groupColumns,
  groupPage,
  groupsById,
  variantColumns,
  variantsOfGroups,
  type GroupFilter,
  type GroupPageAsk,
  type GroupRow,
  type GroupVariants,
} from './medicine-group.queries.js';

const version = shapeOf(groupColumns);

export const groupById = defineEntityLoader<ReadDb, string, GroupRow>({
  name: 'medicineGroup',
  table: 'product_groups',
  partition: 'global',
  policy: profiles.reference,
  version,
  keyColumn: 'id',
  batch: (read, ids) => read((db) => groupsById(db, ids)),
  keyOf: (group) => group.id,
});

export const variantsOfGroup = defineEntityLoader<ReadDb, string, GroupVariants>({
  name: 'variantsOfGroup',
  table: 'products',
  partition: 'global',
  policy: profiles.reference,
  version: shapeOf(variantColumns),
  keyColumn: 'group_id',
  byRow: false,
  columns: [],
  batch: (read, groupIds) => read((db) => variantsOfGroups(db, groupIds)),
  keyOf: ({ groupId }) => groupId,
});

export const groupList = defineList<ReadDb, GroupPageAsk, Page<GroupRow>>({
  name: 'medicineGroups',
  partition: 'global',
  policy: profiles.reference,
  version,
  reads: [{ table: 'product_groups', wholeTable: true }],
  query: (read, ask) => read(async (db) => toPage(await groupPage(db, ask), ask.page)),
  primes: (page, prime) => {
    prime(groupById, page.rows);
  },
});

export const groupTotal = defineList<ReadDb, GroupFilter, number>({
  name: 'medicineGroupTotal',
  partition: 'global',
  policy: profiles.reference,
  version: '1',
  reads: [{ table: 'product_groups', wholeTable: true }],
  query: (read, filter) => read((db) => countGroups(db, filter)),
});
