import DataLoader from 'dataloader';
import type { Database, Db } from '../../../dist/database/database.js';
import { resolveLanguage } from '../../../dist/graphql/language.js';
import { allCategories, categoriesById } from '../../../dist/modules/pharmacy/category.queries.js';
import { highestRanked, medicinesById } from '../../../dist/modules/pharmacy/medicine.queries.js';
import { stockByMedicine } from '../../../dist/modules/pharmacy/stock.queries.js';
import type { Access, TenantData } from './access.js';

/** One operation's access with plain DataLoaders: batched per tick, remembered for the operation, and no cache. */
export function plainAccess(database: Database, tenant: TenantData): Access {
  const read = <T>(query: (db: Db) => Promise<T>): Promise<T> => database.read({ tenantId: tenant.id }, query);
  const byId = <Row>(query: (db: Db, ids: readonly string[]) => Promise<readonly Row[]>, idOf: (row: Row) => string): DataLoader<string, Row | null> =>
    new DataLoader<string, Row | null>(async (ids) => {
      const rows = new Map((await read((db) => query(db, ids))).map((row) => [idOf(row), row]));
      return ids.map((id) => rows.get(id) ?? null);
    });
  const medicine = byId(medicinesById, ({ id }) => id);
  const category = byId(categoriesById, ({ id }) => id);
  return {
    tenant,
    language: (argument) => resolveLanguage(tenant, [], argument),
    medicine,
    category,
    stock: byId(stockByMedicine, ({ medicineId }) => medicineId),
    // Lists hand their rows to the loaders, as Larder's do.
    topMedicines: async (first) => {
      const rows = await read((db) => highestRanked(db, first));
      for (const row of rows) medicine.prime(row.id, row);
      return rows;
    },
    categories: async () => {
      const rows = await read(allCategories);
      for (const row of rows) category.prime(row.id, row);
      return rows;
    },
  };
}
