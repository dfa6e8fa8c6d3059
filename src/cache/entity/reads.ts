import { GLOBAL, narrowTags, tags, type Facet, type Partition, type Tag, type TagValue } from '../core/tags.js';
import { predicateForms, type PredicateForm } from './predicate-forms.js';
import { areasOf, blocksOf, WHOLE, type Span } from './spans.js';
import { partOf } from './parts.js';

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
  /** Where there is no filter, said aloud: the rows of the whole table are meant. */
  readonly wholeTable?: true;
  /**
   * Which other columns of these rows the answer depends on: those that it is ordered by, compared with otherwise than in
   * `filter` and `containing`, or made of. With it a change of any other column leaves the answer alone, but for rows that
   * the answer primes a loader with: it carries their tags. Without it every column counts.
   */
  readonly columns?: readonly string[];
  /** With `columns`: a column that is searched for a text, as `ILIKE '%text%'` does. */
  readonly containing?: { readonly column: string; readonly text: (ask: Ask) => string | undefined };
  /** With `columns`: those of `filter` that may be undefined. Each doubles the forms of predicates. */
  readonly optional?: readonly string[];
}

/** What a list reads: also where along an order its answer lies. */
export interface ListRead<Ask, Answer> extends TableRead<Ask> {
  /**
   * With `columns`: the order of a page, and which places of it the page fills. Rows elsewhere may come, go and change
   * without concerning it. Places are the numbers that the column holds, or those of its texts (`larder_place`); rows that
   * have none must not be in the list.
   */
  readonly within?: { readonly column: string; readonly span: (answer: Answer, ask: Ask) => Span };
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
  /** or one column, by name, of which they have these values; undefined for too many to name. Only `columns` count then. */
  readonly having?: { readonly column: string; readonly values: (row: Row) => readonly TagValue[] | undefined; readonly columns: readonly string[] };
}

/** The rows that a loader looks for by a column which is not their primary key. */
export function keyReadOf<Key extends TagValue>(loader: {
  readonly table: string;
  readonly keyColumn: string;
  readonly where?: Readonly<Record<string, TagValue>>;
  readonly columns?: readonly string[];
}): TableRead<Key> {
  const { table, keyColumn, where = {}, columns } = loader;
  const others = Object.entries(where).map(([column, value]): [string, FilterValue<Key>] => [column, () => value]);
  return { table, filter: { ...Object.fromEntries(others), [keyColumn]: (key) => key }, ...(columns === undefined ? {} : { columns }) };
}

/** Declares the predicates of a query. */
export function declareReads(reads: readonly (ListRead<never, never> | RowRead<never>)[]): void {
  for (const read of reads) for (const form of formsOf(read)) predicateForms.declare(read.table, form);
}

const anyhow = { containing: null, within: null };

function formsOf(read: ListRead<never, never> | RowRead<never>): readonly PredicateForm[] {
  if ('having' in read && read.having !== undefined) {
    const { column, columns } = read.having;
    return [[column], []].map((compared) => ({ ...anyhow, columns: compared, watched: columns }));
  }
  const compared = Object.keys(read.filter ?? {});
  if (!('columns' in read) || read.columns === undefined) return compared.length === 0 ? [] : [{ ...anyhow, columns: compared, watched: null }];
  const { optional = [], containing, columns, within } = read;
  const always = compared.filter((column) => !optional.includes(column));
  const sets = optional.reduce<readonly (readonly string[])[]>((all, column) => [...all, ...all.map((set) => [...set, column])], [always]);
  const along = within?.column ?? null;
  const forms: Omit<PredicateForm, 'columns'>[] = [{ containing: null, within: along, watched: columns }];
  if (containing !== undefined) {
    const { column } = containing;
    forms.push({ containing: column, within: along, watched: columns });
    if (!columns.includes(column)) forms.push({ containing: null, within: along, watched: [...columns, column] });
  }
  return sets.flatMap((set) => forms.map((form) => ({ columns: set, ...form })));
}

/** Whose rows a read of a definition is about, which itself is about `own`. */
export function partitionOf({ partition }: { readonly partition?: 'own' | 'global' }, own: Partition): Partition {
  return partition === 'global' ? GLOBAL : own;
}

/** What was asked, and, of a list, answered. */
export interface Asked<Ask, Answer = never> {
  readonly of: Partition;
  readonly ask: Ask;
  readonly answer?: Answer;
}

/** The tags of one read: its predicate, or the table where there is none; and in any case that the table was read. */
export function tagsOfRead<Ask, Answer>(read: ListRead<Ask, Answer>, asked: Asked<Ask, Answer>): readonly Tag[] {
  const { table, columns, optional = [] } = read;
  const { of, ask } = asked;
  const values: Record<string, TagValue> = {};
  const absent: string[] = [];
  for (const [column, valueOf] of Object.entries(read.filter ?? {})) {
    const value = valueOf(ask);
    if (value === undefined) absent.push(column);
    else values[column] = value;
  }
  const everyRow = tags.everyRow(of, table);
  if (columns !== undefined && absent.every((column) => optional.includes(column))) {
    const { named, watched } = namedBy({ ...read, columns }, asked);
    return [...named.map(narrowTags(of, table, { values, watched })), everyRow];
  }
  const set = columns === undefined ? predicateForms.longestWithin(table, new Set(Object.keys(values))) : null;
  if (set === null) return [tags.table(of, table), everyRow];
  return [tags.predicate(of, table, Object.fromEntries(set.map((column) => [column, values[column] ?? null]))), everyRow];
}

type Narrow<Ask, Answer> = ListRead<Ask, Answer> & { readonly columns: readonly string[] };

const EVERYWHERE: Span = { from: 0, to: Infinity };

/** Which values a narrow read names beside those that columns are compared with, each a tag; and what else counts. */
function namedBy<Ask, Answer>({ columns, containing, within }: Narrow<Ask, Answer>, { ask, answer }: Asked<Ask, Answer>): { readonly named: readonly (readonly Facet[])[]; readonly watched: readonly string[] } {
  const span = within === undefined ? null : answer === undefined ? EVERYWHERE : within.span(answer, ask);
  const lying = (blocks: readonly string[]): readonly Facet[] => (within === undefined ? [] : blocks.map((value) => ({ column: within.column, by: '^', value })));
  const text = containing?.text(ask);
  const part = text === undefined ? null : partOf(text);
  if (containing === undefined || part === null) {
    // What no part tells may be contained, or not any more, after any change of the column.
    const watched = containing === undefined || text === undefined || columns.includes(containing.column) ? columns : [...columns, containing.column];
    return { named: span === null ? [[]] : lying(blocksOf(span)).map((place) => [place]), watched };
  }
  const looking = (value: string | null, areas: readonly Facet[]): readonly (readonly Facet[])[] => {
    const one: Facet = { column: containing.column, by: '~', value };
    return areas.length === 0 ? [[one]] : areas.map((area) => [one, area]);
  };
  return { named: [...looking(part, lying(areasOf(span ?? EVERYWHERE))), ...looking(null, lying([WHOLE]))], watched: columns };
}

/** The tags of rows that belong to a row; and in any case that their table was read. */
export function tagsOfRowRead<Row>(read: RowRead<Row>, of: Partition, row: Row): readonly Tag[] {
  const { table, having } = read;
  if (having !== undefined) {
    const { column, columns: watched } = having;
    const named = having.values(row)?.map((value) => tags.narrow(of, table, { values: { [column]: value }, watched }));
    return [...(named ?? [tags.narrow(of, table, { values: {}, watched })]), tags.everyRow(of, table)];
  }
  if (read.keys === undefined) return tagsOfRead({ ...read }, { of, ask: row });
  return [tags.everyRow(of, table), ...read.keys(row).map((key) => tags.row(of, table, key))];
}
