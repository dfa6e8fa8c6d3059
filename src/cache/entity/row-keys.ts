import { CacheError } from '../core/errors.js';

/** The column whose values a table's row tags are made of: its primary key, if that is one column. */
const rowKeys = new Map<string, string>();

/** @throws CacheError when two loaders take different columns of a table for its key. */
export function declareRowKey(table: string, column: string): void {
  const known = rowKeys.get(table);
  if (known !== undefined && known !== column) {
    throw new CacheError('CACHE_DEFINITION_INVALID', `the rows of ${table} are named by ${known} and by ${column}: give one of the two loaders byRow: false`);
  }
  rowKeys.set(table, column);
}

/** `id`, where no loader has said otherwise. */
export function rowKeyOf(table: string): string {
  return rowKeys.get(table) ?? 'id';
}
