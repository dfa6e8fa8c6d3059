import { sql, type SQL, type SQLWrapper } from 'drizzle-orm';
import { pgPolicy, pgRole } from 'drizzle-orm/pg-core';

/** Role of everything done for one tenant, or for nobody yet: it sees that tenant's rows and the catalogue. */
export const larderApp = pgRole('larder_app').existing();

/** Role of what spans tenants: sign-in, tenant look-up, platform administration, import, jobs. */
export const larderPlatform = pgRole('larder_platform').existing();

/** The setting is an empty string, not null, after a transaction that had set it. */
export const CURRENT_TENANT: SQL = sql`nullif(current_setting('app.tenant_id', true), '')::uuid`;

/** Policies of a table whose rows belong to tenants. Without a tenant the comparison is null: no row. */
export function tenantPolicies(tenantColumn: SQLWrapper) {
  const own = sql`${tenantColumn} = ${CURRENT_TENANT}`;
  return [pgPolicy('tenant_rows', { for: 'all', to: larderApp, using: own, withCheck: own }), platformPolicy()];
}

export function platformPolicy() {
  return pgPolicy('platform_rows', { for: 'all', to: larderPlatform, using: sql`true`, withCheck: sql`true` });
}
