import { getTableColumns, sql, type SQL } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import type { Db } from '../database.js';

export interface BulkWrite<T extends PgTable> {
  readonly table: T;
  readonly rows: readonly T['$inferInsert'][];
  /** What to do with rows that exist: bring them up to date where they differ, or leave them alone. */
  readonly existing: 'update' | 'keep';
}

/** How many rows travel in one statement. */
const CHUNK = 5_000;

/**
 * Writes many rows with few statements: each takes its rows as one JSON parameter. A row that is there and the same is
 * not touched, so that importing again invalidates nothing. Every row must have the same members as the first.
 */
export async function bulkWrite<T extends PgTable>(
  db: Db,
  write: BulkWrite<T>,
  onWritten?: (count: number) => void,
): Promise<void> {
  const [first] = write.rows;
  if (first === undefined) return;
  const columns = Object.entries(getTableColumns(write.table)).filter(([property]) => property in first);
  const names = columns.map(([, column]) => column.name);
  const declared = sql.raw(columns.map(([, column]) => `"${column.name}" ${column.getSQLType()}`).join(', '));
  const conflict = onConflict(names, write);

  for (let from = 0; from < write.rows.length; from += CHUNK) {
    const chunk = write.rows.slice(from, from + CHUNK);
    const records = chunk.map((row) =>
      Object.fromEntries(columns.map(([property, column]) => [column.name, row[property as never]])),
    );
    await db.execute(
      sql`insert into ${write.table} as target (${list(names)}) select ${list(names, 'given')}
        from jsonb_to_recordset(${JSON.stringify(records)}::text::jsonb) as given (${declared}) on conflict ${conflict}`,
    );
    onWritten?.(chunk.length);
  }
}

function onConflict(names: readonly string[], { table, existing }: BulkWrite<PgTable>): SQL {
  const { columns, primaryKeys } = getTableConfig(table);
  const keys = [...columns.filter((column) => column.primary), ...primaryKeys.flatMap((primary) => primary.columns)];
  const key = keys.map((column) => column.name);
  const others = names.filter((name) => !key.includes(name));
  if (existing === 'keep' || others.length === 0) return sql`do nothing`;
  const changes = sql.raw(others.map((name) => `"${name}" = excluded."${name}"`).join(', '));
  return sql`(${list(key)}) do update set ${changes} where (${list(others, 'target')}) is distinct from (${list(others, 'excluded')})`;
}

function list(names: readonly string[], of?: string): SQL {
  return sql.raw(names.map((name) => (of === undefined ? `"${name}"` : `${of}."${name}"`)).join(', '));
}
