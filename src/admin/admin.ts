import type { Cache, Invalidation, predicateForms, Tag } from '../cache/index.js';
import type { CacheAudit } from '../cache/graphql/index.js';
import { LarderError } from '../graphql/errors.js';
import type { Viewer } from '../graphql/viewer.js';
import type { CacheStatistics } from './cache-statistics.js';
import type { CapturedTable, ReadRow } from './captured-rows.js';

/** What the admin functions work on; put together by the composition root. */
export interface Admin {
  readonly cache: Pick<Cache, 'enabled' | 'ledger' | 'store'>;
  /** Records a purge in the database and applies it; null when the ledger gave no answer, so that it is applied later. */
  readonly applyPurge: (tags: readonly Tag[]) => Promise<Invalidation | null>;
  readonly statistics: CacheStatistics;
  /** First part of every key. */
  readonly keyPrefix: string;
  readonly types: CachedTypes;
  /** The tables whose changes are captured, by name. */
  readonly tables: ReadonlyMap<string, CapturedTable>;
  /** The predicates that loaders and lists depend on. */
  readonly forms: Pick<typeof predicateForms, 'of'>;
  readonly readRow: ReadRow;
  /** Names of the profiles there are. */
  readonly profiles: readonly string[];
  readonly audit: CacheAudit;
  readonly listTenants: () => Promise<readonly TenantName[]>;
}

/** The types people know, by GraphQL name, and the table behind each. Table names are understood without being listed twice. */
export type CachedTypes = Readonly<Record<string, CachedType>>;

export interface CachedType {
  readonly table: string;
  /** Whose rows: each tenant's own, or those that all share. */
  readonly partition: 'own' | 'global';
}

export interface TenantName {
  readonly id: string;
  readonly slug: string;
}

/** On whose authority an admin function runs: the platform's (everywhere), or one tenant's. */
export type Authority = { readonly kind: 'platform' } | { readonly kind: 'tenant'; readonly tenant: TenantName };

/** @throws LarderError FORBIDDEN for viewers who administrate nothing. */
export function authorityOf(viewer: Viewer, tenant: TenantName | null): Authority {
  if (viewer.role === 'PLATFORM_ADMIN') return { kind: 'platform' };
  if (viewer.role === 'TENANT_ADMIN' && tenant !== null) return { kind: 'tenant', tenant: { id: tenant.id, slug: tenant.slug } };
  throw new LarderError('FORBIDDEN', 'Administrating the cache requires the role TENANT_ADMIN.');
}
