import { defineEntityLoader, defineList } from '../../cache/index.js';
import type { ReadDb } from '../../graphql/context.js';
import { profiles } from '../../graphql/profiles.js';
import { shapeOf } from '../../graphql/shape.js';
import { countLowStock, stockByMedicine, stockColumns, type StockRow } from './stock.queries.js';

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

export const lowStockCount = defineList<ReadDb, Record<string, never>, number>({
  name: 'lowStockCount',
  partition: 'own',
  policy: profiles.stats,
  version: '1',
  reads: [
    { table: 'stock_levels', wholeTable: true },
    { table: 'medicines', wholeTable: true },
  ],
  query: (read) => read(countLowStock),
});
