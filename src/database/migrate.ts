import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator';
import type { Database, Db } from './database.js';
import { DatabaseError } from './database-error.js';
import { cacheIdentity } from './tables/outbox.js';

/** The same from `src` and from `dist`. */
export const MIGRATIONS = fileURLToPath(new URL('../../drizzle', import.meta.url));

/** Any number that no other program on the server uses for its own lock. */
const LOCK = 727_001;

export interface MigrationReport {
  /** How many migrations were missing. */
  readonly applied: number;
  /** Random id of the database, given to it by its first migration. */
  readonly id: string;
}

/**
 * Brings the schema up to date: all missing migrations in one transaction, one migrator at a time. Keeps drizzle-kit's
 * own record of what was applied. Written out because drizzle's migrator takes no lock and differs by driver.
 */
export function migrate(database: Pick<Database, 'owner'>): Promise<MigrationReport> {
  const migrations = readMigrationFiles({ migrationsFolder: MIGRATIONS });
  return database.owner(async (db) => {
    await db.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    const missing = await missingOf(db, migrations);
    for (const migration of missing) await apply(db, migration);
    const [identity] = await db.select({ id: cacheIdentity.id }).from(cacheIdentity);
    if (identity === undefined)
      throw new DatabaseError('DATABASE_NOT_READY', 'the database has lost its identity: migrate an empty one');
    return { applied: missing.length, id: identity.id };
  });
}

async function missingOf(db: Db, migrations: readonly MigrationMeta[]): Promise<MigrationMeta[]> {
  const [found] = await db
    .select({ record: sql<string | null>`to_regclass('drizzle.__drizzle_migrations')::text` })
    .from(sql`(select 1) as one`);
  if (!found?.record) {
    await db.execute(sql`create schema if not exists drizzle`);
    await db.execute(
      sql`create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`,
    );
    return [...migrations];
  }
  const [last] = await db.select({ at: sql<string | null>`max(created_at)::text` }).from(sql`drizzle.__drizzle_migrations`);
  return migrations.filter((migration) => migration.folderMillis > Number(last?.at ?? 0));
}

async function apply(db: Db, migration: MigrationMeta): Promise<void> {
  for (const statement of migration.sql) await db.execute(sql.raw(statement));
  await db.execute(
    sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${migration.hash}, ${migration.folderMillis})`,
  );
}
