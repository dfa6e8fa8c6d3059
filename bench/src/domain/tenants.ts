import type { Database } from '../../../dist/database/database.js';
import { tenants } from '../../../dist/database/tables/tenancy.js';
import type { TenantData } from './access.js';

/**
 * Every tenant by its slug, read once. Whoever has no cache would ask the database in every request; the peers are spared
 * that, so that what is compared is their caches and not our tenancy.
 */
export async function readTenants(database: Database): Promise<ReadonlyMap<string, TenantData>> {
  const rows = await database.read('platform', (db) =>
    db
      .select({
        id: tenants.id,
        slug: tenants.slug,
        languages: tenants.languages,
        defaultLanguage: tenants.defaultLanguage,
        currency: tenants.currency,
      })
      .from(tenants),
  );
  return new Map(rows.map((row) => [row.slug, row]));
}

/** @throws Error for a request that names no tenant, which no scenario sends. */
export function tenantOf(tenants: ReadonlyMap<string, TenantData>, slug: string | readonly string[] | null | undefined): TenantData {
  const tenant = typeof slug === 'string' ? tenants.get(slug) : undefined;
  if (tenant === undefined) throw new Error('the request names no tenant');
  return tenant;
}
