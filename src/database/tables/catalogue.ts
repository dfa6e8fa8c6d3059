import { sql } from 'drizzle-orm';
import { boolean, check, date, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';

// Reference data of all tenants. Ids are derived from names (see seed/catalogue-rows.ts), so that importing again updates.

export const manufacturers = pgTable('manufacturers', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique(),
  fullName: text('full_name').notNull(),
});

export const dosageForms = pgTable('dosage_forms', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique(),
});

export const routes = pgTable('routes', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique(),
});

export const ingredients = pgTable('ingredients', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull().unique(),
});

/** A trade name; its products are the variants. */
export const productGroups = pgTable(
  'product_groups',
  {
    id: uuid('id').primaryKey(),
    tradeName: text('trade_name').notNull().unique(),
  },
  (table) => [index('product_groups_page').on(table.tradeName, table.id)],
);

export const MARKETING_STATUSES = ['RX', 'OTC', 'DISCN'] as const;

export const products = pgTable(
  'products',
  {
    /** Application type, number and product number: `N205613001`. */
    id: text('id').primaryKey(),
    groupId: uuid('group_id')
      .notNull()
      .references(() => productGroups.id),
    manufacturerId: uuid('manufacturer_id')
      .notNull()
      .references(() => manufacturers.id),
    dosageFormId: uuid('dosage_form_id')
      .notNull()
      .references(() => dosageForms.id),
    routeId: uuid('route_id')
      .notNull()
      .references(() => routes.id),
    applType: text('appl_type').notNull(),
    applNo: text('appl_no').notNull(),
    productNo: text('product_no').notNull(),
    strength: text('strength').notNull(),
    /** What the FDA appended to the strength, such as a Federal Register determination. */
    strengthRemark: text('strength_remark'),
    teCode: text('te_code'),
    /** Null when approved before 1982. */
    approvalDate: date('approval_date', { mode: 'string' }),
    approvedBefore1982: boolean('approved_before_1982').notNull(),
    referenceListed: boolean('reference_listed').notNull(),
    referenceStandard: boolean('reference_standard').notNull(),
    marketingStatus: text('marketing_status', { enum: MARKETING_STATUSES }).notNull(),
  },
  (table) => [
    index('products_group').on(table.groupId, table.id),
    index('products_manufacturer').on(table.manufacturerId),
    check('products_approval', sql`(${table.approvalDate} is null) = ${table.approvedBefore1982}`),
    check('products_marketing_status', sql`${table.marketingStatus} in ('RX', 'OTC', 'DISCN')`),
  ],
);

export const productIngredients = pgTable(
  'product_ingredients',
  {
    productId: text('product_id')
      .notNull()
      .references(() => products.id, { onDelete: 'cascade' }),
    ingredientId: uuid('ingredient_id')
      .notNull()
      .references(() => ingredients.id),
    ordinal: integer('ordinal').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.productId, table.ordinal] }),
    index('product_ingredients_ingredient').on(table.ingredientId),
  ],
);
