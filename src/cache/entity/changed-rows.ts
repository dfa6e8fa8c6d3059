/** The captured columns of a row, before or after a change. */
export type RowImage = Readonly<Record<string, unknown>>;

/**
 * Beside the columns of an image that comes from an update: whether none of them changed. Without it, an image came with
 * an insert, went with a delete, or is of a time when triggers did not tell.
 */
const SAME = '@same';

/** What a statement did to one row of a partition. */
export type ChangedRow =
  /** It came or went, or nobody knows. */
  | { readonly kind: 'moved'; readonly images: readonly [RowImage] }
  /** It was there before and after, as two images tell. */
  | { readonly kind: 'changed'; readonly images: readonly [RowImage, RowImage] }
  /** No captured column of it has changed. */
  | { readonly kind: 'same'; readonly images: readonly [RowImage] };

/** Finds the old and the new image of each row, by its primary key. */
export function changedRows(images: readonly RowImage[], keyColumn: string): readonly ChangedRow[] {
  const rows: ChangedRow[] = [];
  const updated = new Map<unknown, RowImage[]>();
  for (const image of images) {
    if (image[SAME] === true) rows.push({ kind: 'same', images: [image] });
    else if (image[SAME] !== false || image[keyColumn] === undefined) rows.push({ kind: 'moved', images: [image] });
    else updated.set(image[keyColumn], [...(updated.get(image[keyColumn]) ?? []), image]);
  }
  for (const found of updated.values()) {
    const [first, second] = found;
    // One alone moved between partitions or got another key. More than two: it is no key.
    if (first !== undefined && second !== undefined && found.length === 2) rows.push({ kind: 'changed', images: [first, second] });
    else for (const image of found) rows.push({ kind: 'moved', images: [image] });
  }
  return rows;
}
