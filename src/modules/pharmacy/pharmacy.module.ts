import type { ResolverClass } from '../../graphql/build-schema.js';
import { categoryById } from './category.loaders.js';
import { CategoryResolver } from './category.resolver.js';
import { groupById } from './medicine-group.loaders.js';
import { MedicineGroupConnectionResolver, MedicineGroupResolver } from './medicine-group.resolver.js';
import { medicineById } from './medicine.loaders.js';
import { MedicineConnectionResolver, MedicineResolver } from './medicine.resolver.js';
import { productById } from './product.loaders.js';
import { ProductConnectionResolver, ProductResolver } from './product.resolver.js';
import { ShipmentResolver } from './shipment.resolver.js';
import { stockOfMedicine } from './stock.loaders.js';
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

/** What holds the rows of the types that people know, for administrators. */
export const cachedTypes = {
  Category: categoryById,
  Medicine: medicineById,
  StockLevel: stockOfMedicine,
  Product: productById,
  MedicineGroup: groupById,
} as const;
