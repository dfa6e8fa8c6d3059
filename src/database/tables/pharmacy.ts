import { sql } from 'drizzle-orm';
import { boolean, check, foreignKey, index, integer, jsonb, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';
import { products } from './catalogue.js';
import { tenantPolicies } from './row-security.js';
import { tenants, users } from './tenancy.js';

const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'string', precision: 3 });

const tenantId = () =>
  uuid('tenant_id')
    .notNull()
    .references(() => tenants.id, { onDelete: 'cascade' });

// Foreign keys bypass row security. Those between rows of tenants therefore include the tenant: no row can point at
// another tenant's.

export const categories = pgTable(
  'categories',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    tenantId: tenantId(),
    slug: text('slug').notNull(),
    /** By language: `{ "en": "Tablets", "fr": "Comprimés" }`. */
    names: jsonb('names').$type<Record<string, string>>().notNull(),
    sortOrder: integer('sort_order').notNull().default(0),
  },
  (table) => [
    unique('categories_of_tenant').on(table.tenantId, table.id),
    unique('categories_slug').on(table.tenantId, table.slug),
    index('categories_page').on(table.tenantId, table.sortOrder, table.id),
    ...tenantPolicies(table.tenantId),
  ],
);

export const medicines = pgTable(
  'medicines',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    tenantId: tenantId(),
    productId: text('product_id')
      .notNull()
      .references(() => products.id),
    categoryId: uuid('category_id').notNull(),
    name: text('name').notNull(),
    /** In minor units of the tenant's currency. */
    priceMinor: integer('price_minor').notNull(),
    /** 1 to 200 for the 200 most wanted, else null. */
    rank: integer('rank'),
    discontinuedAt: instant('discontinued_at'),
    /** Lists filter by it: a column of its own, so that changes name it. */
    offered: boolean('offered')
      .notNull()
      .generatedAlwaysAs(sql`discontinued_at is null`),
    version: integer('version').notNull().default(1),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [
    unique('medicines_of_tenant').on(table.tenantId, table.id),
    unique('medicines_product').on(table.tenantId, table.productId),
    foreignKey({
      name: 'medicines_category',
      columns: [table.tenantId, table.categoryId],
      foreignColumns: [categories.tenantId, categories.id],
    }),
    index('medicines_category_page').on(table.tenantId, table.categoryId, table.name, table.id),
    index('medicines_page').on(table.tenantId, table.name, table.id),
    index('medicines_rank').on(table.tenantId, table.rank),
    check('medicines_price', sql`${table.priceMinor} >= 0`),
    check('medicines_rank_range', sql`${table.rank} between 1 and 200`),
    ...tenantPolicies(table.tenantId),
  ],
);

export const stockLevels = pgTable(
  'stock_levels',
  {
    medicineId: uuid('medicine_id').primaryKey(),
    tenantId: tenantId(),
    quantity: integer('quantity').notNull(),
    /** At or below it the stock is low. */
    reorderLevel: integer('reorder_level').notNull(),
    low: boolean('low')
      .notNull()
      .generatedAlwaysAs(sql`quantity <= reorder_level`),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (table) => [
    foreignKey({
      name: 'stock_levels_medicine',
      columns: [table.tenantId, table.medicineId],
      foreignColumns: [medicines.tenantId, medicines.id],
    }).onDelete('cascade'),
    index('stock_levels_low').on(table.tenantId).where(sql`${table.low}`),
    check('stock_levels_quantity', sql`${table.quantity} >= 0`),
    check('stock_levels_reorder_level', sql`${table.reorderLevel} >= 0`),
    ...tenantPolicies(table.tenantId),
  ],
);

export const MOVEMENT_REASONS = ['SALE', 'ADJUSTMENT', 'RECEIPT'] as const;

export const stockMovements = pgTable(
  'stock_movements',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    tenantId: tenantId(),
    medicineId: uuid('medicine_id').notNull(),
    delta: integer('delta').notNull(),
    reason: text('reason', { enum: MOVEMENT_REASONS }).notNull(),
    note: text('note'),
    userId: uuid('user_id').references(() => users.id, { onDelete: 'set null' }),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (table) => [
    foreignKey({
      name: 'stock_movements_medicine',
      columns: [table.tenantId, table.medicineId],
      foreignColumns: [medicines.tenantId, medicines.id],
    }).onDelete('cascade'),
    index('stock_movements_of_medicine').on(table.tenantId, table.medicineId, table.createdAt),
    index('stock_movements_user').on(table.userId),
    check('stock_movements_reason', sql`${table.reason} in ('SALE', 'ADJUSTMENT', 'RECEIPT')`),
    ...tenantPolicies(table.tenantId),
  ],
);
