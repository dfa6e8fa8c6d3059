import { defineEntityLoader, defineList } from '../../cache/index.js';
import type { ReadDb } from '../../graphql/context.js';
import { profiles } from '../../graphql/profiles.js';
import { shapeOf } from '../../graphql/shape.js';
import { lowStock as queryLowStock, stockByMedicine, stockColumns, type LowStock, type StockRow } from './stock.queries.js';

export const stockOfMedicine = defineEntityLoader<ReadDb, string, StockRow>({
  name: 'stock',
  table: 'stock_levels',
  partition: 'own',
  policy: profiles.inventory,
  version: shapeOf(stockColumns),
  keyColumn: 'medicine_id',
  batch: (read, medicineIds) => read((db) => stockByMedicine(db, medicineIds)),
  keyOf: (stock) => stock.medicineId,
});

/** What of the medicines counts is whether those that are low are offered; a price, or what another one becomes, does not. */
export const lowStock = defineList<ReadDb, Record<string, never>, LowStock>({
  name: 'lowStock',
  partition: 'own',
  policy: profiles.stats,
  version: '1',
  reads: [{ table: 'stock_levels', filter: { low: () => true }, columns: [] }],
  rowReads: [{ table: 'medicines', having: { column: 'id', values: ({ medicineIds }) => medicineIds ?? undefined, columns: ['offered'] } }],
  query: (read) => read(queryLowStock),
});
