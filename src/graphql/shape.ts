import { Column, is, type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { digest } from '../lib/digest.js';

const dialect = new PgDialect();

/**
 * The `version` of a definition whose rows have these columns: other names, types or expressions are another shape, and
 * what was stored in that is never read in this (P5).
 */
export function shapeOf(columns: Readonly<Record<string, Column | SQL>>): string {
  const parts = Object.entries(columns).map(([name, column]) => {
    const text = dialect.sqlToQuery(sql`${column}`).sql;
    return is(column, Column) ? `${name}=${text}:${column.getSQLType()}${column.notNull ? '' : '?'}` : `${name}=${text}`;
  });
  return digest(parts.sort().join('\n')).slice(0, 16);
}
