import { inArray } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
import { tenants } from '../../database/tables/tenancy.js';
import type { Tenant } from '../../graphql/context.js';

export const tenantColumns = {
  id: tenants.id,
  slug: tenants.slug,
  name: tenants.name,
  languages: tenants.languages,
  defaultLanguage: tenants.defaultLanguage,
  currency: tenants.currency,
};

export const tenantsById = (db: Db, ids: readonly string[]): Promise<Tenant[]> =>
  db.select(tenantColumns).from(tenants).where(inArray(tenants.id, [...ids]));

export const tenantsBySlug = (db: Db, slugs: readonly string[]): Promise<Tenant[]> =>
  db.select(tenantColumns).from(tenants).where(inArray(tenants.slug, [...slugs]));

/** Ids and slugs of all tenants. */
export function listTenants(db: Db): Promise<{ id: string; slug: string }[]> {
  return db.select({ id: tenants.id, slug: tenants.slug }).from(tenants).orderBy(tenants.slug);
}
