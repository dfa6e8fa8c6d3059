import { getTableName, is, Table } from 'drizzle-orm';
import type { GraphQLSchema } from 'graphql';
import { definitions } from '../cache/index.js';
import { auditCache, refuseContradictions, type CacheAudit, type TableFacts } from '../cache/graphql/index.js';
import { schema as tables } from '../database/schema.js';
import { capturedTables, tablesToCapture } from '../database/captured-tables.js';
import type { Database } from '../database/database.js';
import type { TableName } from '../graphql/dependencies.js';
import { lostDirectives } from '../graphql/plain-fields.js';
import { profiles } from '../graphql/profiles.js';
import type { Logger } from '../lib/logger.js';
import { cachedTypes as pharmacyTypes } from '../modules/pharmacy/pharmacy.module.js';
import { cachedTypes as tenancyTypes } from '../modules/tenancy/tenancy.module.js';
import { auditSummary } from './audit-text.js';

/** Who writes beside mutations. What they change invalidates as any change does. */
const writers: readonly { readonly name: string; readonly tables: readonly TableName[] }[] = [
  { name: 'larder seed', tables: ['products', 'product_groups', 'product_ingredients', 'ingredients', 'manufacturers', 'dosage_forms', 'routes'] },
  { name: 'larder admin create', tables: ['users'] },
  { name: 'use of a session', tables: ['sessions'] },
];

export interface AuditOptions {
  /** The tables that triggers of the database capture; those that migrations say, where no database is asked. */
  readonly captured?: readonly string[];
  /** A schema in the place of the API's: which mutations write its tables, it need not say. */
  readonly isForeign?: boolean;
  /** Milliseconds. */
  readonly defaultMaxAge?: number;
}

/** What of the API is cached how, and whether that contradicts itself. The schema has to be bare: see `auditCache`. */
export function auditApi(schema: GraphQLSchema, { captured, isForeign = false, defaultMaxAge = 0 }: AuditOptions = {}): CacheAudit {
  const audit = auditCache(schema, {
    definitions: definitions.all,
    tables: isForeign ? null : tablesOfTheHouse(captured),
    writers,
    types: { ...tenancyTypes, ...pharmacyTypes },
    profiles,
    defaultMaxAge,
    partition: 'tenant',
  });
  return { ...audit, contradictions: [...lostDirectives(schema), ...audit.contradictions] };
}

function tablesOfTheHouse(captured: readonly string[] | undefined): readonly TableFacts[] {
  const toCapture = tablesToCapture();
  const isCaptured = new Set(captured ?? toCapture.keys());
  const names = Object.values(tables)
    .filter((table) => is(table, Table))
    .map(getTableName);
  return names.map((name) => ({ name, partition: toCapture.get(name) ?? 'own', captured: isCaptured.has(name) }));
}

export interface StartOptions {
  readonly database: Pick<Database, 'read'>;
  readonly logger: Logger;
  readonly isForeign: boolean;
  readonly defaultMaxAge: number;
}

/** Told at each start, in short. @throws CacheError CACHE_CONTRADICTION when something cannot be meant: then nothing is served. */
export async function auditAtStart(schema: GraphQLSchema, { database, logger, ...options }: StartOptions): Promise<CacheAudit> {
  const audit = auditApi(schema, { captured: await capturedTables(database), ...options });
  refuseContradictions(audit);
  logger.info({}, `cache audit: ${auditSummary(audit)}`);
  for (const note of audit.notes) logger.debug({}, `cache audit: ${note}`);
  return audit;
}
