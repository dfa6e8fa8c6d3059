import { CacheError } from './errors.js';

declare const tagBrand: unique symbol;
declare const partitionBrand: unique symbol;

/** What an entry depends on. Names tables, not GraphQL types, and carries its partition. */
export type Tag = string & { readonly [tagBrand]: true };

/** The engine's word for a tenant. No key and no tag exists without one (P2). */
export type Partition = string & { readonly [partitionBrand]: true };

const PARTITION = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
/** What percent encoding leaves as it is: nearly every id. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PLAIN_VALUE = /^[A-Za-z0-9_.-]*$/;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

/** @throws CacheError CACHE_PARTITION_INVALID for anything but 1–64 letters, digits, `_` and `-`. */
export function partition(name: string): Partition {
  if (typeof name !== 'string' || !PARTITION.test(name)) {
    throw new CacheError('CACHE_PARTITION_INVALID', `"${String(name)}" is no partition: give 1 to 64 letters, digits, _ or -`);
  }
  return name as Partition;
}

/** The partition of reference data that all partitions share, said aloud. */
export const GLOBAL = partition('global');

/** The partition of who has only one: no tenants, said aloud. */
export const SINGLE = partition('single');

export type TagValue = string | number | bigint | boolean | null;

/**
 * One text for a column's value, wherever it comes from: a row image (JSON) or a query's argument. `5` and `"5"` share
 * a text on purpose: a tag that two values share invalidates too much, a tag that one value has two texts for, too little.
 */
export function encodeTagValue(value: TagValue): string {
  if (value === null) return '~';
  // PostgreSQL compares uuids whatever their case, and writes them in lower case.
  if (typeof value === 'string' && value.length === 36 && UUID.test(value)) return value.toLowerCase();
  if (typeof value === 'string' && PLAIN_VALUE.test(value)) return value;
  // An unpaired surrogate has no percent encoding, and a client can send one.
  return encodeURIComponent(String(value).replace(/\p{Surrogate}/gu, '\ufffd')).replaceAll('~', '%7E');
}

function checked(name: string): string {
  if (!NAME.test(name)) throw new CacheError('CACHE_TAG_INVALID', `"${name}" is no table or column name`);
  return name;
}

/** Everything there is: only a purge emits it, every entry depends on it without storing it. */
export const EVERYTHING = 't' as Tag;

export interface Facet {
  readonly column: string;
  readonly by: '~' | '^';
  readonly value: string | null;
}

/** Which rows of a table, and what about them. */
export interface NarrowPredicate {
  /** What columns are compared with. */
  readonly values: Readonly<Record<string, TagValue>>;
  /** Of values of which a column has many, one each: `~` a part of its text; behind it `^`, a block of places around its own. */
  readonly facets?: readonly Facet[];
  /** The other columns that matter; perhaps none. */
  readonly watched: readonly string[];
}

/** Narrow tags of the same columns, by their facets: a change of a text has hundreds. */
export function narrowTags(of: Partition, table: string, { values, watched }: Omit<NarrowPredicate, 'facets'>): (facets: readonly Facet[]) => Tag {
  const compared = Object.keys(values).sort().map((column) => `${checked(column)}=${encodeTagValue(values[column] ?? null)}`);
  const [start, end] = [`t/${of}/${checked(table)}?`, `:${[...watched].sort().map(checked).join(',')}`];
  return (facets) => {
    const named = facets.map(({ column, by, value }) => `${checked(column)}${by}${encodeTagValue(value)}`);
    return `${start}${[...compared, ...named].join('&')}${end}` as Tag;
  };
}

/** Makers of tags, coarsest first. */
export const tags = {
  /** Everything of a partition; implied by every entry of it. */
  partition: (of: Partition): Tag => `t/${of}` as Tag,
  /** Any change of the table: for reads that could not be declared more precisely. */
  table: (of: Partition, table: string): Tag => `t/${of}/${checked(table)}` as Tag,
  /** Carried by every entry that read the table; emitted by purges and bulk writes. */
  everyRow: (of: Partition, table: string): Tag => `t/${of}/${checked(table)}/*` as Tag,
  row: (of: Partition, table: string, id: TagValue): Tag => `t/${of}/${checked(table)}/${encodeTagValue(id)}` as Tag,
  /** Rows whose columns have these values; columns in alphabetical order, whichever order they are given in. */
  predicate: (of: Partition, table: string, values: Readonly<Record<string, TagValue>>): Tag => {
    const columns = Object.keys(values).sort();
    if (columns.length === 0) throw new CacheError('CACHE_TAG_INVALID', `a predicate on ${table} needs a column`);
    const pairs = columns.map((column) => `${checked(column)}=${encodeTagValue(values[column] ?? null)}`);
    return `t/${of}/${checked(table)}?${pairs.join('&')}` as Tag;
  },
  /** The same, as far as such rows come, go, or change in one of the columns that matter: `predicate` is for every change. */
  narrow: (of: Partition, table: string, { facets = [], ...predicate }: NarrowPredicate): Tag => narrowTags(of, table, predicate)(facets),
  /** Purges of a field, of a profile or of one key: implied by what an entry is, never stored on it. */
  field: (of: Partition | null, field: string): Tag => (of === null ? `t/@field/${field}` : `t/${of}/@field/${field}`) as Tag,
  profile: (of: Partition | null, profile: string): Tag =>
    (of === null ? `t/@profile/${profile}` : `t/${of}/@profile/${profile}`) as Tag,
  key: (key: string): Tag => `t/@key/${key}` as Tag,
};

/** The partition that a tag names, or null for the few that span all. */
export function partitionOfTag(tag: Tag): Partition | null {
  if (!tag.startsWith('t/') || tag.startsWith('t/@')) return null;
  const end = tag.indexOf('/', 2);
  return (end < 0 ? tag.slice(2) : tag.slice(2, end)) as Partition;
}

/** The table that a tag names, or null for partition, field, profile and key tags. */
export function tableOfTag(tag: Tag): string | null {
  const start = tag.indexOf('/', 2) + 1;
  if (start === 0 || tag.startsWith('t/@') || tag[start] === '@') return null;
  const end = tag.slice(start).search(/[/?]/);
  return end < 0 ? tag.slice(start) : tag.slice(start, start + end);
}

/**
 * The tag of the table to which a row or predicate tag belongs; null for other tags, the table's own included. An entry that
 * depends on too many rows carries it instead of the row tags, so a change of any row has to invalidate it.
 */
export function tableTagOf(tag: Tag): Tag | null {
  if (tag.startsWith('t/@')) return null;
  const start = tag.indexOf('/', 2) + 1;
  if (start === 0 || tag[start] === '@') return null;
  for (let at = start; at < tag.length; at++) if (tag[at] === '/' || tag[at] === '?') return tag.slice(0, at) as Tag;
  return null;
}

const FORM = /^t(\/[^\s]{1,512})?$/;

/** Checks a tag that a caller passes. @throws CacheError CACHE_TAG_INVALID for a text without the form of a tag. */
export function parseTag(text: string): Tag {
  if (typeof text !== 'string' || !FORM.test(text)) {
    throw new CacheError('CACHE_TAG_INVALID', `${JSON.stringify(text) ?? String(text)} is no tag: make tags with the functions of \`tags\``);
  }
  return text as Tag;
}

/** Checks tags that a caller passes. @throws CacheError CACHE_TAG_INVALID unless they are a list of tags. */
export function parseTags(given: readonly Tag[]): readonly Tag[] {
  if (!Array.isArray(given)) throw new CacheError('CACHE_TAG_INVALID', 'tags are given as a list: invalidate([tag])');
  return given.map((tag) => parseTag(tag as string));
}
