import { sql } from 'drizzle-orm';
import { boolean, char, check, index, pgPolicy, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { CURRENT_TENANT, larderApp, platformPolicy, tenantPolicies } from './row-security.js';

const createdAt = () => timestamp('created_at', { withTimezone: true, mode: 'string', precision: 3 }).notNull().defaultNow();

export const tenants = pgTable(
  'tenants',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    slug: text('slug').notNull().unique(),
    name: text('name').notNull(),
    defaultLanguage: text('default_language').notNull(),
    languages: text('languages').array().notNull(),
    currency: char('currency', { length: 3 }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    check('tenants_slug_form', sql`${table.slug} ~ '^[a-z0-9][a-z0-9-]{0,62}$'`),
    check('tenants_default_language_offered', sql`${table.defaultLanguage} = any(${table.languages})`),
    ...tenantPolicies(table.id),
  ],
);

export const users = pgTable(
  'users',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** Lower case, so that one mailbox is one account. */
    email: text('email').notNull().unique(),
    name: text('name').notNull(),
    /** Secret: `larder_app` may not select it, the outbox never captures it. */
    passwordHash: text('password_hash').notNull(),
    platformAdmin: boolean('platform_admin').notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [
    check('users_email_lower_case', sql`${table.email} = lower(${table.email})`),
    pgPolicy('tenant_members', {
      for: 'select',
      to: larderApp,
      using: sql`exists (select 1 from memberships m where m.user_id = ${table.id} and m.tenant_id = ${CURRENT_TENANT})`,
    }),
    platformPolicy(),
  ],
);

export const ROLES = ['STAFF', 'TENANT_ADMIN'] as const;

export const memberships = pgTable(
  'memberships',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    tenantId: uuid('tenant_id')
      .notNull()
      .references(() => tenants.id, { onDelete: 'cascade' }),
    role: text('role', { enum: ROLES }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.tenantId] }),
    index('memberships_tenant').on(table.tenantId),
    check('memberships_role', sql`${table.role} in ('STAFF', 'TENANT_ADMIN')`),
    ...tenantPolicies(table.tenantId),
  ],
);

export const sessions = pgTable(
  'sessions',
  {
    /** base64url(sha256(token)): the token itself is stored nowhere. */
    id: text('id').primaryKey(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: createdAt(),
    expiresAt: timestamp('expires_at', { withTimezone: true, mode: 'string', precision: 3 }).notNull(),
  },
  (table) => [index('sessions_user').on(table.userId), index('sessions_expiry').on(table.expiresAt), platformPolicy()],
);
