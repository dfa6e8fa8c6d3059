import { defineEntityLoader, defineList } from '../../cache/index.js';
import { toPage, type Page } from '../../graphql/connection.js';
import type { ReadDb, Tenant } from '../../graphql/context.js';
import { profiles } from '../../graphql/profiles.js';
import { shapeOf } from '../../graphql/shape.js';
import { countTenants, tenantColumns, tenantPage, tenantsById, tenantsBySlug, type TenantFilter, type TenantPageAsk } from './tenant.queries.js';

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

/** For platform admins, who ask seldom: what shows all tenants at once is not kept where they share it. */
export const tenantList = defineList<ReadDb, TenantPageAsk, Page<Tenant>>({
  name: 'tenants',
  partition: 'global',
  policy: profiles.live,
  version,
  reads: [{ table: 'tenants', wholeTable: true }],
  query: (read, ask) => read(async (db) => toPage(await tenantPage(db, ask), ask.page)),
  primes: (page, prime) => {
    prime(tenantById, page.rows);
  },
});

export const tenantTotal = defineList<ReadDb, TenantFilter, number>({
  name: 'tenantTotal',
  partition: 'global',
  policy: profiles.live,
  version: '1',
  reads: [{ table: 'tenants', wholeTable: true }],
  query: (read, filter) => read((db) => countTenants(db, filter)),
});
