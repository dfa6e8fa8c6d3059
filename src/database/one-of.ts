import { sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';

/**
 * Whether a column has one of the values: one parameter for them all, so that the statement is the same text, prepared and
 * planned once, however many there are; an `in` list is another statement for each length.
 */
export function oneOf<Value extends string | number>(column: PgColumn, values: readonly Value[]): SQL {
  return sql`${column} = any(${sql.param([...values])}::${sql.raw(column.getSQLType())}[])`;
}
