/** What became of rows, by table and partition, as the triggers saw it. */
export interface RowImages {
  /** The outbox rows that say so, to be marked once applied. */
  readonly outboxIds: readonly string[];
  readonly changes: readonly Change[];
}

/** What one statement changed in one partition. */
export interface Change {
  readonly table: string;
  /** A tenant's id, or `global`. */
  readonly partition: string;
  /** Distinct old and new images of the captured columns; null when there were too many to list: any row may have changed. */
  readonly images: readonly RowImage[] | null;
}

/** Captured columns by name: never a secret one. */
export type RowImage = Readonly<Record<string, string | number | boolean | null>>;
