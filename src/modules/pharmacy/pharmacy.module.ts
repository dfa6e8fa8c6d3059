import type { ResolverClass } from '../../graphql/build-schema.js';
import { CategoryResolver } from './category.resolver.js';
import { MedicineGroupConnectionResolver, MedicineGroupResolver } from './medicine-group.resolver.js';
import { MedicineConnectionResolver, MedicineResolver } from './medicine.resolver.js';
import { ProductConnectionResolver, ProductResolver } from './product.resolver.js';
import { ShipmentResolver } from './shipment.resolver.js';
import { AdjustStockPayloadResolver, SellMedicinePayloadResolver, StockResolver } from './stock.resolver.js';

/** What a pharmacy offers, at which price, and how many units of it there are; and the catalogue that all choose from. */
export const resolvers: readonly ResolverClass[] = [
  CategoryResolver,
  MedicineResolver,
  MedicineConnectionResolver,
  MedicineGroupResolver,
  MedicineGroupConnectionResolver,
  ProductResolver,
  ProductConnectionResolver,
  StockResolver,
  SellMedicinePayloadResolver,
  AdjustStockPayloadResolver,
  ShipmentResolver,
];

export { nodes } from './pharmacy.nodes.js';

/** The tables behind the types that people know, for administrators. */
export const cachedTypes = {
  Category: { table: 'categories', partition: 'own' },
  Medicine: { table: 'medicines', partition: 'own' },
  StockLevel: { table: 'stock_levels', partition: 'own' },
  Product: { table: 'products', partition: 'global' },
  MedicineGroup: { table: 'product_groups', partition: 'global' },
} as const;
