import { eq, sql } from 'drizzle-orm';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { sqlState } from '../../src/database/database-error.js';
import { schema } from '../../src/database/schema.js';
import { fillDatabase, ONE, PRODUCT, SECRET, TWO } from './database-fixture.js';
import { ALL, type OpenedDatabase } from './database-kinds.js';

const { categories, medicines, memberships, outbox, products, sessions, stockLevels, stockMovements, tenants, users } = schema;

/** Rows in them belong to tenants; `users` has its own test, since only some of its columns may be read. */
const TENANT_OWNED = { tenants, memberships, categories, medicines, stockLevels, stockMovements };

const count = sql<number>`count(*)::int`;
const state = (work: Promise<unknown>): Promise<string | undefined> => work.then(() => 'it succeeded', sqlState);

describe.each(ALL)('row security on $name', ({ open }) => {
  let opened: OpenedDatabase;
  let database: Database;
  const rowsOf = (table: PgTable, scope: Parameters<Database['read']>[0]): Promise<number | undefined> =>
    database.read(scope, async (db) => (await db.select({ count }).from(table))[0]?.count);

  beforeAll(async () => {
    opened = await open();
    database = opened.database;
    await fillDatabase(database);
  });
  afterAll(() => opened.close());

  it('covers every table that names a tenant', () => {
    const named = Object.values(schema).filter(
      (table): table is typeof medicines => typeof table === 'object' && 'tenantId' in table,
    );
    expect(new Set(named)).toEqual(new Set([memberships, categories, medicines, stockLevels, stockMovements]));
    for (const table of [...named, tenants, users, sessions]) expect(getTableConfig(table).policies.length).toBeGreaterThan(0);
  });

  it.each(Object.entries(TENANT_OWNED))(
    'without a tenant there is no row in %s, with one there are its own',
    async (_, table) => {
      expect(await rowsOf(table, 'catalogue')).toBe(0);
      expect(await rowsOf(table, ONE)).toBe(1);
      expect(await rowsOf(table, TWO)).toBe(1);
      expect(await rowsOf(table, 'platform')).toBe(2);
    },
  );

  it('shows a tenant its members, and nobody without a tenant', async () => {
    const names = (scope: Parameters<Database['read']>[0]) =>
      database.read(scope, (db) => db.select({ name: users.name }).from(users));
    expect(await names(ONE)).toEqual([{ name: 'one' }]);
    expect(await names('catalogue')).toEqual([]);
  });

  it('shows everybody the catalogue, and lets no tenant change it', async () => {
    expect(await rowsOf(products, 'catalogue')).toBe(1);
    expect(await state(database.write(ONE, (tx) => tx.update(products).set({ strength: 'x' })))).toBe('42501');
  });

  it.each([
    ['password hashes', () => database.read(ONE, (db) => db.select({ hash: users.passwordHash }).from(users))],
    ['whole users', () => database.read(ONE, (db) => db.execute(sql`select * from users`))],
    ['sessions', () => database.read(ONE, (db) => db.select().from(sessions))],
    ['the outbox', () => database.read(ONE, (db) => db.select().from(outbox))],
    ['the members, to change them', () => database.write(ONE, (tx) => tx.update(memberships).set({ role: 'TENANT_ADMIN' }))],
    ['the past of the stock', () => database.write(ONE, (tx) => tx.delete(stockMovements))],
    [
      'the capture of changes',
      () => database.write(ONE, (tx) => tx.execute(sql`select larder_capture('users', 'global', array['id'])`)),
    ],
  ])('keeps from a tenant: %s', async (_, attempt) => {
    expect(await state(attempt())).toBe('42501');
  });

  it('refuses rows of another tenant', async () => {
    const row = { tenantId: TWO.tenantId, slug: 'smuggled', names: {} };
    expect(await state(database.write(ONE, (tx) => tx.insert(categories).values(row)))).toBe('42501');
    expect(await state(database.write(ONE, (tx) => tx.update(categories).set({ tenantId: TWO.tenantId })))).toBe('42501');
  });

  it('finds nothing of another tenant to change or delete', async () => {
    const changed = await database.write(ONE, (tx) =>
      tx.update(stockLevels).set({ quantity: 0 }).where(eq(stockLevels.medicineId, TWO.medicineId)).returning(),
    );
    const deleted = await database.write(ONE, (tx) => tx.delete(medicines).where(eq(medicines.id, TWO.medicineId)).returning());
    expect([changed, deleted]).toEqual([[], []]);
    expect(await rowsOf(medicines, TWO)).toBe(1);
  });

  it('lets no row point at another tenant’s, which foreign keys alone would', async () => {
    const foreign = { tenantId: ONE.tenantId, productId: PRODUCT, categoryId: TWO.categoryId, name: 'x', priceMinor: 1 };
    expect(
      await state(database.write('platform', (tx) => tx.insert(medicines).values({ ...foreign, productId: PRODUCT }))),
    ).toMatch(/^23/);
    const movement = { tenantId: ONE.tenantId, medicineId: TWO.medicineId, delta: 1, reason: 'RECEIPT' as const };
    expect(await state(database.write(ONE, (tx) => tx.insert(stockMovements).values(movement)))).toBe('23503');
  });

  it('holds the same for statements that no query builder wrote', async () => {
    const rows = await database.read(ONE, (db) =>
      db
        .select({ tenant: sql<string>`tenant_id::text` })
        .from(sql`(select tenant_id from medicines where true or tenant_id is not null) as every_medicine`),
    );
    expect(rows).toEqual([{ tenant: ONE.tenantId }]);
  });

  it('planted a secret that the platform can see', async () => {
    const [user] = await database.read('platform', (db) => db.select({ hash: users.passwordHash }).from(users).limit(1));
    expect(user?.hash).toBe(SECRET);
  });
});
