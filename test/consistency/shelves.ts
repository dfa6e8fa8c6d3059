import { Register } from './register.js';

/** A medicine's row, as far as it shows; `price` is another one with every write, and so names the version. */
export interface MedicineState {
  readonly exists: boolean;
  readonly price: number;
  readonly name: string;
  readonly categoryId: string;
  readonly rank: number | null;
  readonly discontinued: boolean;
}

export interface StockState {
  /** Null where no stock is kept. Otherwise another one than the row had lately. */
  readonly quantity: number | null;
}

export interface MedicineRow {
  readonly tenant: string;
  readonly id: string;
  readonly medicine: Register<MedicineState>;
  readonly stock: Register<StockState>;
}

/** Stock at or below it is low. */
export const REORDER_LEVEL = 1_000;

export const SEARCHED = 'beta';

/** A list of medicines that the API offers: which rows belong to it follows from their states alone. */
export interface List {
  readonly key: string;
  readonly tenant: string;
  readonly query: { readonly kind: 'medicines'; readonly categoryId: string | null; readonly search: string | null } | { readonly kind: 'top' };
  readonly contains: (state: MedicineState) => boolean;
}

export interface Shelf {
  readonly tenant: string;
  readonly tenantId: string;
  readonly categoryIds: readonly string[];
  readonly rows: readonly MedicineRow[];
  readonly lists: readonly List[];
}

export interface ShelfRow {
  readonly id: string;
  readonly state: MedicineState;
  readonly stock: StockState;
}

/** What the database held when the run began, with everything that is recorded about it from then on. */
export function shelfOf(shelf: { tenant: string; tenantId: string; categoryIds: readonly string[] }, rows: readonly ShelfRow[]): Shelf {
  const { tenant } = shelf;
  const offered = (state: MedicineState): boolean => state.exists && !state.discontinued;
  const medicines = (key: string, categoryId: string | null, search: string | null): List => ({
    key: `${tenant}/${key}`,
    tenant,
    query: { kind: 'medicines', categoryId, search },
    contains: (state) =>
      offered(state) && (categoryId === null || state.categoryId === categoryId) && (search === null || state.name.includes(search)),
  });
  return {
    ...shelf,
    rows: rows.map(({ id, state, stock }) => ({
      tenant,
      id,
      medicine: new Register(`${tenant}/medicine/${id}`, state),
      stock: new Register(`${tenant}/stock/${id}`, stock),
    })),
    lists: [
      ...shelf.categoryIds.map((id) => medicines(`category ${id}`, id, null)),
      medicines('all', null, null),
      medicines('search', null, SEARCHED),
      medicines('search in category', shelf.categoryIds[0] ?? null, SEARCHED),
      { key: `${tenant}/top`, tenant, query: { kind: 'top' }, contains: (state) => offered(state) && state.rank !== null },
    ],
  };
}
