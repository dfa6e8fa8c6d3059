import { narrowTags, parseTag, partition, tags, type Facet, type Partition, type Tag, type TagValue } from '../core/tags.js';
import { changedRows, type ChangedRow, type RowImage } from './changed-rows.js';
import { predicateForms, type PredicateForm, type PredicateForms } from './predicate-forms.js';
import { partsOf } from './parts.js';
import { rowKeyOf } from './row-keys.js';
import { areasAround, blocksAround, WHOLE } from './spans.js';

export type { RowImage } from './changed-rows.js';

/** What one statement changed in one table of one partition. */
export interface TableChange {
  readonly table: string;
  readonly partition: string;
  /** Null when too many rows changed to name them: then everything that read the table is invalid. */
  readonly images: readonly RowImage[] | null;
}

/** In the place of a table's name: an administrator's purge, whose images name tags. It takes the way that changes take. */
export const PURGE = '@purge';

/** Above so many rows, a change is known as one of the whole table; */
export const BULK_ROWS = 500;
/** and above so many tags of narrow predicates: texts have many parts. */
export const BULK_TAGS = 2000;

/** Where a change happened. */
interface Place {
  readonly of: Partition;
  readonly table: string;
}

/**
 * The tags of everything that changes can have made wrong: the table, each row, for old and new image alike each
 * predicate of every column, whichever changed; and each narrow predicate whose columns say that it is concerned (F6).
 */
export function tagsOfChanges(changes: readonly TableChange[], forms: Pick<PredicateForms, 'of'> = predicateForms): readonly Tag[] {
  const emitted = new Set<Tag>();
  /** By table and partition: after an outage, or another epoch, there are thousands of changes at once. */
  const narrow = new Map<string, NarrowTags>();
  for (const change of changes) {
    if (change.table === PURGE) {
      for (const { tag } of change.images ?? []) if (typeof tag === 'string') emitted.add(parseTag(tag));
      continue;
    }
    const name = `${change.partition} ${change.table}`;
    let own = narrow.get(name);
    if (own === undefined) narrow.set(name, (own = new NarrowTags()));
    for (const tag of tagsOfChange(change, forms.of(change.table), own)) emitted.add(tag);
  }
  for (const { tags: all } of narrow.values()) for (const tag of all) emitted.add(tag);
  return [...emitted];
}

/** Tags of narrow predicates of one table, as long as they are few enough to be named. */
class NarrowTags {
  readonly tags = new Set<Tag>();
  #isFull = false;

  /** Nothing more need be named: the table is. */
  get isFull(): boolean {
    return this.#isFull;
  }

  add(added: Iterable<Tag>): void {
    for (const tag of added) this.tags.add(tag);
    if (this.tags.size <= BULK_TAGS) return;
    this.#isFull = true;
    this.tags.clear();
  }
}

function tagsOfChange({ table, partition: name, images }: TableChange, forms: readonly PredicateForm[], narrow: NarrowTags): ReadonlySet<Tag> {
  const of = partition(name);
  const place = { of, table };
  const emitted = new Set<Tag>([tags.table(of, table)]);
  const keyColumn = rowKeyOf(table);
  const rows = images === null ? null : changedRows(images, keyColumn);
  if (rows === null || rows.length > BULK_ROWS) return emitted.add(tags.everyRow(of, table));
  for (const row of rows) {
    // Asked for each row: of hundreds of rows there would be tens of thousands of tags.
    if (narrow.isFull) break;
    for (const image of row.images) {
      const key = tagValue(image[keyColumn]);
      if (key !== undefined && key !== null) emitted.add(tags.row(of, table, key));
    }
    for (const form of forms) {
      if (row.images.some((image) => !tells(image, form))) emitted.add(tags.everyRow(of, table));
      else if (form.watched === null) for (const image of row.images) emitted.add(tags.predicate(of, table, valuesOf(image, form)));
      else narrow.add(tagsOfForm(place, form, row));
    }
  }
  // Whatever read the table carries this tag.
  if (narrow.isFull) emitted.add(tags.everyRow(of, table));
  return emitted;
}

/** Whether an image has what a form names. It may be an older trigger's: then everything that read the table is suspect. */
function tells(image: RowImage, { columns, containing, within, watched }: PredicateForm): boolean {
  return (
    columns.every((column) => tagValue(image[column]) !== undefined) &&
    (watched ?? []).every((column) => image[column] !== undefined) &&
    (containing === null || textOf(image, containing) !== undefined) &&
    (within === null || placeOf(image, within) !== undefined)
  );
}

function tagsOfForm({ of, table }: Place, form: PredicateForm, row: ChangedRow): readonly Tag[] {
  if (row.kind === 'same') return [];
  const { images } = row;
  const remains = row.kind === 'changed' && !differ(form, row.images);
  if (remains && (form.containing === null || isSame(images[0][form.containing], images[1]?.[form.containing]))) return [];
  return images.flatMap((image, at) => {
    const tagOf = narrowTags(of, table, { values: valuesOf(image, form), watched: form.watched ?? [] });
    return facetsOf(image, form, remains ? images[1 - at] : undefined).map(tagOf);
  });
}

/**
 * What a form names of a row beside the values that columns are compared with: who the row concerns carries one of these.
 * @param other its other image, where the row was among those chosen from and still is: then only texts make a difference.
 */
function facetsOf(image: RowImage, { containing, within }: PredicateForm, other: RowImage | undefined): readonly (readonly Facet[])[] {
  const place = within === null ? 0 : (placeOf(image, within) ?? null);
  // Whoever stands nowhere is in no list along this order.
  if (place === null) return [];
  const lying = (blocks: readonly string[]): readonly (readonly Facet[])[] => (within === null ? [[]] : blocks.map((value) => [{ column: within, by: '^', value }]));
  if (containing === null) return lying(blocksAround(place));
  const parts = partsOf(textOf(image, containing) ?? '', other === undefined ? '' : (textOf(other, containing) ?? ''));
  return [...parts].flatMap((value) => lying(value === null ? [WHOLE] : areasAround(place)).map((area): readonly Facet[] => [{ column: containing, by: '~', value }, ...area]));
}

/** Whether a row was chosen otherwise before than after, or stood elsewhere, or differs in what counts. */
function differ({ columns, within, watched }: PredicateForm, [before, after]: readonly [RowImage, RowImage]): boolean {
  if ([...columns, ...(watched ?? [])].some((column) => !isSame(before[column], after[column]))) return true;
  return within !== null && placeOf(before, within) !== placeOf(after, within);
}

/** Where a row stands along an order: as the trigger says, or by the number itself. Null for nowhere. */
function placeOf(image: RowImage, column: string): number | null | undefined {
  const told = image[`${column}^`];
  const place = told === undefined ? image[column] : told;
  return typeof place === 'number' || place === null ? place : undefined;
}

function textOf(image: RowImage, column: string): string | null | undefined {
  const text = image[column];
  return typeof text === 'string' || text === null ? text : undefined;
}

function valuesOf(image: RowImage, { columns }: PredicateForm): Readonly<Record<string, TagValue>> {
  return Object.fromEntries(columns.map((column) => [column, tagValue(image[column]) ?? null]));
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** A column's value from JSON; undefined for what no predicate can name (absent, or a structure). */
function tagValue(value: unknown): TagValue | undefined {
  if (value === null) return null;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}
