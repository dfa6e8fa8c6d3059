import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { Database } from './database.js';
import { MIGRATIONS } from './migrate.js';

export type CapturedTables = ReadonlyMap<string, 'own' | 'global'>;

const CAPTURE = /\blarder_capture\('(\w+)', '(\w+)'/g;

/** The tables that migrations let triggers capture, and whose rows they have: each tenant's own, or those that all share. */
export function tablesToCapture(): CapturedTables {
  const statements = readMigrationFiles({ migrationsFolder: MIGRATIONS }).flatMap((migration) => migration.sql);
  const calls = statements.flatMap((statement) => [...statement.matchAll(CAPTURE)]);
  return new Map(calls.map(([, table = '', partition]) => [table, partition === 'global' ? 'global' : 'own']));
}

const TRIGGERS = ['insert', 'update', 'delete', 'truncate'].map((change) => `larder_capture_${change}`);

/** Those of which every kind of change is captured in a database as it is now. */
export async function capturedTables(database: Pick<Database, 'read'>): Promise<readonly string[]> {
  const rows = await database.read('catalogue', (db) =>
    db
      .select({ name: sql<string>`relname::text` })
      .from(sql`pg_trigger join pg_class on pg_class.oid = tgrelid`)
      // 'D' is a trigger that was switched off, 'R' one that runs on replicas only.
      .where(sql`tgname in ${TRIGGERS} and tgenabled in ('O', 'A')`)
      .groupBy(sql`pg_class.oid, relname`)
      .having(sql`count(*) = ${TRIGGERS.length}`),
  );
  return rows.map(({ name }) => name);
}
