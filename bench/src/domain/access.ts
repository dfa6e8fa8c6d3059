import type { CategoryRow } from '../../../dist/modules/pharmacy/category.queries.js';
import type { MedicineRow } from '../../../dist/modules/pharmacy/medicine.queries.js';
import type { StockRow } from '../../../dist/modules/pharmacy/stock.queries.js';

export type { CategoryRow, MedicineRow, StockRow };

/** What resolvers need of the tenant that the request names. */
export interface TenantData {
  readonly id: string;
  readonly slug: string;
  readonly languages: readonly string[];
  readonly defaultLanguage: string;
  readonly currency: string;
}

export interface ById<Row> {
  load(id: string): Promise<Row | null>;
}

/**
 * The only thing in which the servers differ below the schema: with a plain DataLoader behind each of these, or with
 * Larder's loaders and lists. The SQL is the same.
 */
export interface Access {
  readonly tenant: TenantData;
  /** The argument, else the tenant's default: the requests accept any. */
  language(argument: string | null | undefined): string;
  readonly medicine: ById<MedicineRow>;
  readonly category: ById<CategoryRow>;
  /** Never cached. */
  readonly stock: ById<StockRow>;
  topMedicines(first: number): Promise<readonly MedicineRow[]>;
  categories(): Promise<readonly CategoryRow[]>;
}
