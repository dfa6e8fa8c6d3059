import { sql } from 'drizzle-orm';
import { bigserial, boolean, check, customType, index, jsonb, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';

const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' });

/** One row: who this database is. Part of every cache key, so that two databases behind one store never meet. */
export const cacheIdentity = pgTable(
  'cache_identity',
  {
    single: boolean('single').primaryKey().default(true),
    id: uuid('id').notNull().defaultRandom(),
  },
  (table) => [check('cache_identity_single', sql`${table.single}`)],
);

/** What every transaction changed: written by triggers in the transaction itself, whoever writes. */
export const outbox = pgTable(
  'outbox',
  {
    id: bigserial('id', { mode: 'bigint' }).primaryKey(),
    tableName: text('table_name').notNull(),
    partition: text('partition').notNull(),
    /** Distinct old and new images of the captured columns; null when there were too many to list. */
    images: jsonb('images').$type<Record<string, unknown>[]>(),
    txid: xid8('txid')
      .notNull()
      .default(sql`pg_current_xact_id()`),
    createdAt: timestamp('created_at', { withTimezone: true, mode: 'string', precision: 3 }).notNull().defaultNow(),
    /** When it was first marked as applied: a transaction may have been under way for long before. */
    markedAt: timestamp('marked_at', { withTimezone: true, mode: 'string', precision: 3 }),
    /** The ledger's epochs under which this row's invalidations were applied. */
    appliedEpochs: text('applied_epochs')
      .array()
      .notNull()
      .default(sql`'{}'`),
  },
  // The second holds nothing but what nobody has applied: next to nothing, however much is kept.
  (table) => [index('outbox_txid').on(table.txid), index('outbox_unapplied').on(table.id).where(sql`applied_epochs = '{}'`)],
);

/**
 * How far an epoch has been told, so that another epoch's beginning need not mark every row that is kept: what
 * transactions before this one wrote to the outbox, and was applied under any epoch, was applied under this one.
 */
export const outboxEpochs = pgTable('outbox_epochs', {
  epoch: text('epoch').primaryKey(),
  appliedBefore: xid8('applied_before').notNull(),
  notedAt: timestamp('noted_at', { withTimezone: true, mode: 'string', precision: 3 }).notNull().defaultNow(),
});

/**
 * The sets of columns that lists of any version in use filter by: nodes of another version turn changes into tags for
 * them, too.
 */
export const predicates = pgTable(
  'cache_predicates',
  {
    tableName: text('table_name').notNull(),
    /** In alphabetical order. */
    columns: text('columns').array().notNull(),
    /** When a node last declared it; what no node has declared for a month is forgotten. */
    declaredAt: timestamp('declared_at', { withTimezone: true, mode: 'string', precision: 3 }).notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tableName, table.columns] })],
);
