import type { List, MedicineRow, Shelf } from './shelves.js';

/** A medicine's row as an answer shows it. */
export interface SeenMedicine {
  readonly id: string;
  readonly price: number;
  readonly name: string;
  readonly categoryId: string;
  readonly rank: number | null;
  readonly discontinued: boolean;
}

/** One thing that an answer says about the data. */
export type Observation =
  | { readonly kind: 'medicine'; readonly of: MedicineRow; readonly seen: SeenMedicine | null }
  | { readonly kind: 'stock'; readonly of: MedicineRow; readonly seen: number | null }
  | { readonly kind: 'list'; readonly of: List; readonly shelf: Shelf; readonly seen: readonly SeenMedicine[] }
  | { readonly kind: 'count'; readonly of: List; readonly shelf: Shelf; readonly seen: number }
  | { readonly kind: 'low stock'; readonly shelf: Shelf; readonly seen: number };

/** A read, and from when to when it was under way. */
export interface Read {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  /** Writes whose position the read was sent with: it must see them, whatever node it asks. */
  readonly after: ReadonlySet<object>;
}
