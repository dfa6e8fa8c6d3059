import { openDatabase, type Database } from '../../../dist/database/database.js';
import { silentLogger } from '../../../dist/lib/logger.js';
import type { Access, TenantData } from '../domain/access.js';
import { plainAccess } from '../domain/plain-access.js';
import { readTenants, tenantOf } from '../domain/tenants.js';
import type { ServerArguments } from './server-protocol.js';

/** Larder's own default. */
const POOL_MAX = 10;

/** What the peers have below their schema. */
export interface PlainDomain {
  readonly database: Database;
  tenant(slug: string | readonly string[] | null | undefined): TenantData;
  /** Of one operation. */
  access(slug: string | readonly string[] | null | undefined): Access;
}

export async function openDomain({ databaseUrl }: ServerArguments, onQuery: (statement: string) => void): Promise<PlainDomain> {
  const database = await openDatabase({ url: databaseUrl, poolMax: POOL_MAX, dataDir: null, logger: silentLogger, onQuery });
  const tenants = await readTenants(database);
  return {
    database,
    tenant: (slug) => tenantOf(tenants, slug),
    access: (slug) => plainAccess(database, tenantOf(tenants, slug)),
  };
}
