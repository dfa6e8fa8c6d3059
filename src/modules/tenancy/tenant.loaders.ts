import { defineEntityLoader } from '../../cache/index.js';
import type { ReadDb, Tenant } from '../../graphql/context.js';
import { profiles } from '../../graphql/profiles.js';
import { shapeOf } from '../../graphql/shape.js';
import { tenantColumns, tenantsById, tenantsBySlug } from './tenant.queries.js';

const version = shapeOf(tenantColumns);

export const tenantById = defineEntityLoader<ReadDb, string, Tenant>({
  name: 'tenant',
  table: 'tenants',
  partition: 'global',
  policy: profiles.configuration,
  version,
  keyColumn: 'id',
  batch: (read, ids) => read((db) => tenantsById(db, ids)),
  keyOf: (tenant) => tenant.id,
});

export const tenantBySlug = defineEntityLoader<ReadDb, string, Tenant>({
  name: 'tenantBySlug',
  table: 'tenants',
  partition: 'global',
  policy: profiles.configuration,
  version,
  keyColumn: 'slug',
  byRow: false,
  batch: (read, slugs) => read((db) => tenantsBySlug(db, slugs)),
  keyOf: (tenant) => tenant.slug,
});
