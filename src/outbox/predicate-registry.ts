import { sql } from 'drizzle-orm';
import type { Database } from '../database/database.js';
import { predicates } from '../database/tables/outbox.js';

/** Columns that a list filters a table by, in alphabetical order. */
export interface DeclaredPredicate {
  readonly table: string;
  readonly columns: readonly string[];
}

/** What no running version has declared for so long is forgotten: no node of that version can be left. */
const FORGOTTEN = '30 days';

/**
 * Tells the nodes of every version which predicates this version's lists depend on.
 *
 * @returns whether any was new to the others: they learn of it with their next poll, and until then do not emit its tags.
 */
export async function declarePredicates(database: Database, declared: readonly DeclaredPredicate[]): Promise<boolean> {
  return database.write('platform', async (tx) => {
    await tx.execute(sql`delete from cache_predicates where declared_at < now() - ${sql.raw(`interval '${FORGOTTEN}'`)}`);
    if (declared.length === 0) return false;
    const known = new Set((await tx.select({ table: predicates.tableName, columns: predicates.columns }).from(predicates)).map(nameOf));
    await tx
      .insert(predicates)
      .values(declared.map(({ table, columns }) => ({ tableName: table, columns: [...columns] })))
      .onConflictDoUpdate({ target: [predicates.tableName, predicates.columns], set: { declaredAt: sql`now()` } });
    return declared.some((predicate) => !known.has(nameOf(predicate)));
  });
}

/** The predicates of all versions in use. */
export function readPredicates(database: Pick<Database, 'read'>): Promise<DeclaredPredicate[]> {
  return database.read('platform', (db) => db.select({ table: predicates.tableName, columns: predicates.columns }).from(predicates));
}

function nameOf({ table, columns }: DeclaredPredicate): string {
  return `${table}?${columns.join('&')}`;
}
