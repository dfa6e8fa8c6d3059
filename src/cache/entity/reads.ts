import { CacheError } from '../core/errors.js';
import { GLOBAL, tags, type Partition, type Tag, type TagValue } from '../core/tags.js';

/** A column's value as a query asks for it; `undefined` means that the query does not restrict the column this time. */
export type FilterValue<Ask> = (ask: Ask) => TagValue | undefined;

/**
 * A table that a query reads, and which of its rows. Every table in WHERE, JOIN, ORDER BY, GROUP BY and sub-selects is
 * declared; one without a filter depends on every change of the table, which is right and coarse (F6).
 */
export interface TableRead<Ask> {
  readonly table: string;
  /** Whose rows: the reader's own partition (the default), or those that all share. */
  readonly partition?: 'own' | 'global';
  /** Equality conditions that the query puts on columns, by column name. Conditions of any other kind are left out. */
  readonly filter?: Readonly<Record<string, FilterValue<Ask>>>;
  /** Where there is no filter, said aloud: every change of the table is meant to invalidate what was read. */
  readonly wholeTable?: true;
}

/** Rows of another table that belong to a row: those of joined tables, which are known only from what was read. */
export interface RowRead<Row> {
  readonly table: string;
  /** Whose rows: the reader's own partition (the default), or those that all share. */
  readonly partition?: 'own' | 'global';
  /** Their primary keys; */
  readonly keys?: (row: Row) => readonly TagValue[];
  /** or columns of theirs, by column name. */
  readonly filter?: Readonly<Record<string, FilterValue<Row>>>;
}

/** At most so many column sets per table: each costs every change of a row one tag. */
export const MAX_COLUMN_SETS = 8;

/**
 * Which sets of columns are used as predicates, per table. Lists declare them by existing; the images of changed rows
 * are turned into tags for all of them, by the encoder that the lists use, too.
 */
export class ColumnSets {
  readonly #byTable = new Map<string, Map<string, readonly string[]>>();

  /** @throws CacheError when a table would have too many: a write would cost too much. */
  declare(table: string, columns: readonly string[]): void {
    this.learn(table, columns);
    const sets = this.#byTable.get(table);
    if (sets !== undefined && sets.size > MAX_COLUMN_SETS) {
      throw new CacheError(
        'CACHE_DEFINITION_INVALID',
        `table ${table} has more than ${MAX_COLUMN_SETS} predicates (${[...sets.keys()].join(', ')}): let a list filter by fewer columns`,
      );
    }
  }

  /** Takes over a set that another version of the application has declared: it decides how many it can afford. */
  learn(table: string, columns: readonly string[]): void {
    if (columns.length === 0) return;
    const sorted = [...columns].sort();
    const sets = this.#byTable.get(table) ?? new Map<string, readonly string[]>();
    this.#byTable.set(table, sets);
    sets.set(sorted.join('&'), sorted);
  }

  of(table: string): readonly (readonly string[])[] {
    return [...(this.#byTable.get(table)?.values() ?? [])];
  }

  /** Every set, with its table. */
  get all(): readonly { readonly table: string; readonly columns: readonly string[] }[] {
    return [...this.#byTable].flatMap(([table, sets]) => [...sets.values()].map((columns) => ({ table, columns })));
  }

  /** The longest declared set that the given columns contain: the most precise tag that a write is known to emit. */
  longestWithin(table: string, columns: ReadonlySet<string>): readonly string[] | null {
    let longest: readonly string[] | null = null;
    for (const set of this.of(table)) {
      if (set.every((column) => columns.has(column)) && set.length > (longest?.length ?? 0)) longest = set;
    }
    return longest;
  }
}

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

/** The sets of this process. Definitions are module constants: they declare themselves when they are made. */
export const columnSets = new ColumnSets();

/** Declares the predicates of a query. */
export function declareReads(reads: readonly { readonly table: string; readonly filter?: Readonly<Record<string, unknown>> }[]): void {
  for (const { table, filter } of reads) if (filter !== undefined) columnSets.declare(table, Object.keys(filter));
}

/** Whose rows a read of a definition is about, which itself is about `own`. */
export function partitionOf({ partition }: { readonly partition?: 'own' | 'global' }, own: Partition): Partition {
  return partition === 'global' ? GLOBAL : own;
}

/** The tags of one read: its predicate, or the table where there is none; and in any case that the table was read. */
export function tagsOfRead<Ask>(read: TableRead<Ask>, of: Partition, ask: Ask): readonly Tag[] {
  const values: Record<string, TagValue> = {};
  for (const [column, valueOf] of Object.entries(read.filter ?? {})) {
    const value = valueOf(ask);
    if (value !== undefined) values[column] = value;
  }
  const set = columnSets.longestWithin(read.table, new Set(Object.keys(values)));
  const everyRow = tags.everyRow(of, read.table);
  if (set === null) return [tags.table(of, read.table), everyRow];
  return [tags.predicate(of, read.table, Object.fromEntries(set.map((column) => [column, values[column] ?? null]))), everyRow];
}

/** The tags of rows that belong to a row; and in any case that their table was read. */
export function tagsOfRowRead<Row>(read: RowRead<Row>, of: Partition, row: Row): readonly Tag[] {
  if (read.keys === undefined) return tagsOfRead(read, of, row);
  return [tags.everyRow(of, read.table), ...read.keys(row).map((key) => tags.row(of, read.table, key))];
}
