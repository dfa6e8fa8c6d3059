import { EVERYTHING, partition, tags, type Partition, type Tag } from '../cache/index.js';

/** What a tag says, read back from its text. */
export interface TagForm {
  readonly tag: Tag;
  /** Null for those that span partitions. */
  readonly partition: Partition | null;
  /** The key that a key tag names. */
  readonly key?: string;
}

const PARTITION = '[A-Za-z0-9][A-Za-z0-9_-]{0,63}';
const NAME = '[A-Za-z_][A-Za-z0-9_]{0,62}';
// What encodeURIComponent leaves, without the asterisk, which nobody types but as a pattern.
const VALUE = "[A-Za-z0-9_.!~'()%-]+";
// Of a predicate: columns and what they are compared with or contain; then, for a narrow one, the others that matter.
const PAIR = `${NAME}[=~^]${VALUE}`;
const PREDICATE = `${PAIR}(?:&${PAIR})*(?::(?:${NAME}(?:,${NAME})*)?)?|:(?:${NAME}(?:,${NAME})*)?`;
const UUIDS = /\b[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\b/gi;
const PLAIN = '[^\\s*?/]{1,200}';

const spanning = new RegExp(`^t/@(?:(?:field|profile)/${PLAIN}|key/([^\\s*?]{1,500}))$`);
const ofPartition = new RegExp(`^t/(${PARTITION})(?:/@(?:field|profile)/${PLAIN}|/${NAME}(?:/\\*|/${VALUE}|\\?(?:${PREDICATE}))?)?$`);

/** Reads a tag as the engine writes them, or as a person types it (columns of a predicate in any order); null for any other text. */
export function readTag(text: string): TagForm | null {
  if (text === EVERYTHING) return { tag: EVERYTHING, partition: null };
  const owned = ofPartition.exec(text);
  if (owned?.[1] !== undefined) return { tag: sortColumns(text), partition: partition(owned[1]) };
  const spans = spanning.exec(text);
  if (spans === null) return null;
  return { tag: text as Tag, partition: null, ...(spans[1] === undefined ? {} : { key: spans[1] }) };
}

/** The partition that a tag of the engine names; null for the few that span all. Cheaper than reading the whole tag. */
export function partitionOf(tag: Tag): string | null {
  if (!tag.startsWith('t/') || tag.startsWith('t/@')) return null;
  const end = tag.indexOf('/', 2);
  return end < 0 ? tag.slice(2) : tag.slice(2, end);
}

/** Whether a text looks like a pattern over names. */
export function isGlob(text: string): boolean {
  return /[*?]/.test(text);
}

/** The narrowest tag that covers everything that a pattern over tags could mean. */
export function coveringTag(pattern: string): Tag {
  const known = new RegExp(`^t/(${PARTITION})/(?:(${NAME})(?:/|\\?${NAME}[=~^]))?`).exec(pattern);
  if (known?.[1] === undefined) return EVERYTHING;
  const of = partition(known[1]);
  return known[2] === undefined ? tags.partition(of) : tags.everyRow(of, known[2]);
}

function sortColumns(given: string): Tag {
  // PostgreSQL writes UUIDs in lower case, and so do tags.
  const text = given.replace(UUIDS, (uuid) => uuid.toLowerCase());
  const start = text.indexOf('?') + 1;
  if (start === 0) return text as Tag;
  const [compared = '', watched] = text.slice(start).split(':');
  // What is compared with, then what is contained, then where it lies.
  const rank = (pair: string): string => pair.replace(/^(\w*)([=~^]?).*/, (_, column: string, by: string) => `${'=~^'.indexOf(by)}${column}`);
  const pairs = compared.split('&').sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  return (text.slice(0, start) + pairs.join('&') + (watched === undefined ? '' : `:${watched.split(',').sort().join(',')}`)) as Tag;
}
