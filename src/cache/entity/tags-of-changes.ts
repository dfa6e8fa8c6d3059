import { parseTag, partition, tags, type Tag, type TagValue } from '../core/tags.js';
import { columnSets, rowKeyOf, type ColumnSets } from './reads.js';

/** The declared columns of a row, before or after a change. */
export type RowImage = Readonly<Record<string, unknown>>;

/** What one statement changed in one table of one partition. */
export interface TableChange {
  readonly table: string;
  readonly partition: string;
  /** Null when too many rows changed to name them: then everything that read the table is invalid. */
  readonly images: readonly RowImage[] | null;
}

/** In the place of a table's name: an administrator's purge, whose images name tags. It takes the way that changes take. */
export const PURGE = '@purge';

/** Above so many rows, a change is known as one of the whole table. */
export const BULK_ROWS = 500;

/**
 * The tags of everything that changes can have made wrong: the table, each row, and for old and new image alike each
 * declared predicate, whichever column changed (F6).
 */
export function tagsOfChanges(
  changes: readonly TableChange[],
  sets: ColumnSets = columnSets,
): readonly Tag[] {
  const emitted = new Set<Tag>();
  for (const change of changes) {
    if (change.table === PURGE) {
      for (const { tag } of change.images ?? []) if (typeof tag === 'string') emitted.add(parseTag(tag));
      continue;
    }
    const of = partition(change.partition);
    emitted.add(tags.table(of, change.table));
    if (change.images === null || change.images.length > BULK_ROWS) {
      emitted.add(tags.everyRow(of, change.table));
      continue;
    }
    const keyColumn = rowKeyOf(change.table);
    for (const image of change.images) {
      const key = tagValue(image[keyColumn]);
      if (key !== undefined && key !== null) emitted.add(tags.row(of, change.table, key));
      for (const set of sets.of(change.table)) for (const tag of predicateTags(change, image, set)) emitted.add(tag);
    }
  }
  return [...emitted];
}

function predicateTags(change: TableChange, image: RowImage, set: readonly string[]): readonly Tag[] {
  const of = partition(change.partition);
  const values: Record<string, TagValue> = {};
  for (const column of set) {
    const value = tagValue(image[column]);
    if (value === undefined) {
      // The image lacks a declared column (an older trigger): everything that read the table is suspect.
      return [tags.everyRow(of, change.table)];
    }
    values[column] = value;
  }
  return [tags.predicate(of, change.table, values)];
}

/** A column's value from JSON; undefined for what no predicate can name (absent, or a structure). */
function tagValue(value: unknown): TagValue | undefined {
  if (value === null) return null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
