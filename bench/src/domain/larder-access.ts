import { defineEntityLoader } from '../../../dist/cache/index.js';
import type { Context, ReadDb } from '../../../dist/graphql/context.js';
import { profiles } from '../../../dist/graphql/profiles.js';
import { shapeOf } from '../../../dist/graphql/shape.js';
import { categoryById, categoryList } from '../../../dist/modules/pharmacy/category.loaders.js';
import { medicineById, topMedicineList } from '../../../dist/modules/pharmacy/medicine.loaders.js';
import { stockByMedicine, stockColumns } from '../../../dist/modules/pharmacy/stock.queries.js';
import type { Access, ById, CategoryRow, MedicineRow, StockRow, TenantData } from './access.js';

/** The API's stock loader, but that nothing of it is kept. */
const liveStock = defineEntityLoader<ReadDb, string, StockRow>({
  name: 'liveStock',
  table: 'stock_levels',
  partition: 'own',
  policy: profiles.live,
  version: shapeOf(stockColumns),
  keyColumn: 'medicine_id',
  batch: (read, medicineIds) => read((db) => stockByMedicine(db, medicineIds)),
  keyOf: (stock) => stock.medicineId,
});

/** The API's own loaders and lists. */
export class LarderAccess implements Access {
  constructor(private readonly context: Context) {}

  get tenant(): TenantData {
    return this.context.tenant;
  }

  language(argument: string | null | undefined): string {
    return this.context.language(argument);
  }

  get medicine(): ById<MedicineRow> {
    return this.context.load(medicineById);
  }

  get category(): ById<CategoryRow> {
    return this.context.load(categoryById);
  }

  get stock(): ById<StockRow> {
    return this.context.load(liveStock);
  }

  topMedicines(first: number): Promise<readonly MedicineRow[]> {
    return this.context.load(topMedicineList).load({ first });
  }

  categories(): Promise<readonly CategoryRow[]> {
    return this.context.load(categoryList).load({});
  }
}
