import { count, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.js';
import { schema } from '../../src/database/schema.js';
import { DEMO_ACCOUNTS, DEMO_PASSWORD, DEMO_TENANTS } from '../../src/database/seed/demo-accounts.js';
import { importCatalogue, type ImportReport } from '../../src/database/seed/import-catalogue.js';
import { HEADER } from '../../src/database/seed/orange-book.js';
import { showProgress, type Progress, type ProgressStream } from '../../src/database/seed/progress.js';
import { isSeeded, seedDemo, seedState, type SeedOptions } from '../../src/database/seed/seed-demo.js';
import { BOTH, type OpenedDatabase } from '../contract/database-kinds.js';

const {
  categories,
  manufacturers,
  medicines,
  memberships,
  outbox,
  productGroups,
  productIngredients,
  products,
  stockLevels,
  tenants,
  users,
} = schema;

const hashPassword = (password: string): Promise<string> => Promise.resolve(`hash of ${password}`);
const demo: SeedOptions = { production: false, hashPassword };
const [downtown, riverside] = DEMO_TENANTS;

describe.each(BOTH)('the complete catalogue and two demo pharmacies on $name', ({ open }) => {
  let opened: OpenedDatabase;
  let database: Database;
  let first: ImportReport;
  const heard: string[] = [];

  beforeAll(async () => {
    opened = await open();
    database = opened.database;
    let reached = 0;
    const progress: Progress = {
      start: (label, total) => void heard.push(`${label}: ${total}`),
      advance: (by) => void (reached += by),
      done: () => void heard.push(`reached ${reached}`),
    };
    first = await importCatalogue(database, { progress });
  });
  afterAll(() => opened.close());

  it('imports every product of the file', async () => {
    expect(first).toEqual({
      lines: 45_752,
      products: 45_752,
      groups: 7_380,
      manufacturers: 1_855,
      forms: 118,
      routes: 80,
      ingredients: 2_291,
      duplicates: 0,
      malformed: [],
    });
    const [statuses, [group]] = await database.read('catalogue', async (db) => [
      await db.select({ status: products.marketingStatus, count: count() }).from(products).groupBy(products.marketingStatus),
      await db
        .select({ id: products.id, maker: manufacturers.name })
        .from(products)
        .innerJoin(productGroups, eq(productGroups.id, products.groupId))
        .innerJoin(manufacturers, eq(manufacturers.id, products.manufacturerId))
        .where(eq(productGroups.tradeName, 'UCERIS'))
        .orderBy(products.id)
        .limit(1),
    ]);
    expect(Object.fromEntries(statuses.map(({ status, count }) => [status, count]))).toEqual({
      RX: 23_479,
      OTC: 774,
      DISCN: 21_499,
    });
    expect(group).toEqual({ id: expect.stringMatching(/^[AN]\d{9}$/) as string, maker: 'SALIX' });
  });

  it('tells how far it is', () => {
    const [started, ended] = heard;
    const total = /^Importing the product catalogue: (\d+)$/.exec(started ?? '')?.[1];
    expect(ended).toBe(`reached ${total}`);
  });

  it('imported again changes nothing, and therefore invalidates nothing', async () => {
    const changes = () => database.read('platform', async (db) => (await db.select({ count: count() }).from(outbox))[0]?.count);
    const before = await changes();
    expect(await importCatalogue(database)).toEqual(first);
    expect(await changes()).toBe(before);
  });

  it('stocks two pharmacies, each with its own selection', async () => {
    expect(await isSeeded(database)).toBe(false);
    expect(await seedDemo(database, demo)).toEqual({ accounts: 5, medicines: 6_400 });
    expect(await isSeeded(database)).toBe(true);
    const of = (tenantId = '') =>
      database.read({ tenantId }, async (db) => ({
        medicines: await db.select().from(medicines).innerJoin(stockLevels, eq(stockLevels.medicineId, medicines.id)),
        categories: await db.select().from(categories),
      }));
    const [one, two] = [await of(downtown?.id), await of(riverside?.id)];
    for (const { medicines: sold } of [one, two]) {
      expect(sold).toHaveLength(3_200);
      expect(
        sold
          .map(({ medicines: { rank } }) => rank ?? 0)
          .filter((rank) => rank > 0)
          .sort((a, b) => a - b),
      ).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
      const quantities = sold.map(({ stock_levels: stock }) => stock);
      expect(quantities.filter(({ quantity }) => quantity === 0).length).toBeGreaterThan(50);
      expect(quantities.filter(({ quantity, reorderLevel }) => quantity > 0 && quantity <= reorderLevel).length).toBeGreaterThan(
        100,
      );
      expect(sold.every(({ medicines: { priceMinor } }) => priceMinor >= 100)).toBe(true);
    }
    const shared = new Set(one.medicines.map(({ medicines: { productId } }) => productId));
    expect(two.medicines.filter(({ medicines: { productId } }) => shared.has(productId)).length).toBeLessThan(1_000);
    expect(one.categories.map(({ names }) => Object.keys(names).sort().join())).toEqual(one.categories.map(() => 'en,fr'));
    expect(two.categories.map(({ names }) => Object.keys(names).sort().join())).toEqual(two.categories.map(() => 'de,en'));
    expect(one.categories.find(({ slug }) => slug === 'tablets')?.names).toEqual({ en: 'Tablets', fr: 'Comprimés' });
    expect(new Set(two.medicines.map(({ medicines: { categoryId } }) => categoryId)).size).toBeGreaterThan(20);
  });

  it('opens an account for each role', async () => {
    const accounts = await database.read('platform', (db) =>
      db
        .select({
          email: users.email,
          hash: users.passwordHash,
          platform: users.platformAdmin,
          tenant: tenants.slug,
          role: memberships.role,
        })
        .from(users)
        .leftJoin(memberships, eq(memberships.userId, users.id))
        .leftJoin(tenants, eq(tenants.id, memberships.tenantId))
        .orderBy(users.email),
    );
    expect(accounts).toHaveLength(DEMO_ACCOUNTS.length);
    expect(accounts.every(({ hash }) => hash === `hash of ${DEMO_PASSWORD}`)).toBe(true);
    expect(accounts.map(({ email, platform, tenant, role }) => `${email} ${tenant} ${role} ${platform}`)).toEqual([
      'admin@downtown.example downtown TENANT_ADMIN false',
      'admin@riverside.example riverside TENANT_ADMIN false',
      'platform@larder.example null null true',
      'staff@downtown.example downtown STAFF false',
      'staff@riverside.example riverside STAFF false',
    ]);
  });

  it('seeded again adds nothing and resets nothing', async () => {
    const state = () =>
      database.read('platform', async (db) => ({
        sum: await db.select({ sum: sql<string>`sum(quantity)::text` }).from(stockLevels),
        medicines: await db.select({ count: count() }).from(medicines),
        hash: await db.select({ hash: users.passwordHash }).from(users).where(eq(users.email, 'staff@downtown.example')),
      }));
    await database.write({ tenantId: downtown?.id ?? '' }, (tx) => tx.update(stockLevels).set({ quantity: 1_000 }));
    await database.write('platform', (tx) =>
      tx.update(users).set({ passwordHash: 'their own' }).where(eq(users.email, 'staff@downtown.example')),
    );
    const before = await state();
    const neverCalled = () => Promise.reject(new Error('there is nothing to hash'));
    expect(await seedDemo(database, { ...demo, hashPassword: neverCalled })).toEqual({ accounts: 0, medicines: 0 });
    expect(await state()).toEqual(before);
  });
});

describe.each(BOTH)('seeding $name', ({ open }) => {
  let opened: OpenedDatabase;
  beforeAll(async () => {
    opened = await open();
  });
  afterAll(() => opened.close());

  const product = (number: string, changes: Record<number, string> = {}): string =>
    `ASPIRIN; CAFFEINE~TABLET;ORAL~BAYER~BAYER~1MG~N~000001~${number}~~Jan 1, 2000~Yes~No~OTC~BAYER AG`
      .split('~')
      .map((field, index) => changes[index] ?? field)
      .join('~');

  it('refuses demo accounts in production, and pharmacies without a catalogue', async () => {
    expect(await seedState(opened.database)).toEqual({ catalogue: false, demo: false });
    await expect(seedDemo(opened.database, demo)).rejects.toMatchObject({ code: 'DATABASE_NOT_READY' });
    await importCatalogue(opened.database, { lines: [HEADER, product('001')] });
    await expect(seedDemo(opened.database, { ...demo, production: true })).rejects.toMatchObject({
      code: 'DEMO_ACCOUNTS_REFUSED',
    });
    expect(await seedState(opened.database)).toEqual({ catalogue: true, demo: false });
  });

  it('counts malformed rows and repeated products, each with its line and reason', async () => {
    const report = await importCatalogue(opened.database, {
      lines: [HEADER, product('001'), 'nonsense', product('002'), product('001'), product('003', { 9: 'yesterday' })],
    });
    expect(report).toMatchObject({ lines: 5, products: 2, groups: 1, ingredients: 2, duplicates: 1 });
    expect(report.malformed).toEqual([
      { line: 3, reason: '1 fields instead of 14' },
      { line: 5, reason: 'product N000001001 is listed on line 2 already' },
      { line: 6, reason: 'Approval_Date is "yesterday"' },
    ]);
  });

  it('brings a product up to date, and takes away ingredients it no longer has', async () => {
    await importCatalogue(opened.database, { lines: [HEADER, product('001', { 0: 'ASPIRIN', 4: '2MG' })] });
    const [row, contents] = await opened.database.read('catalogue', async (db) => [
      await db.select({ strength: products.strength }).from(products).where(eq(products.id, 'N000001001')),
      await db
        .select({ ordinal: productIngredients.ordinal })
        .from(productIngredients)
        .where(eq(productIngredients.productId, 'N000001001')),
    ]);
    expect([row, contents]).toEqual([[{ strength: '2MG' }], [{ ordinal: 1 }]]);
  });

  it('reads no more than it is asked to, and no file that is another', async () => {
    expect(await importCatalogue(opened.database, { limit: 50 })).toMatchObject({ lines: 50, products: 50 });
    await expect(importCatalogue(opened.database, { lines: ['id,name'] })).rejects.toThrow('no Orange Book product file');
    await expect(importCatalogue(opened.database, { lines: [] })).rejects.toThrow('empty');
    await expect(importCatalogue(opened.database, { path: '/no/such/file.txt.gz' })).rejects.toThrow('ENOENT');
  });

  it('makes do with a small catalogue', async () => {
    const report = await seedDemo(opened.database, { ...demo, medicinesPerTenant: 10 });
    expect(report).toEqual({ accounts: 5, medicines: 20 });
  });
});

it('shows progress as plain lines where nobody watches', () => {
  let shown = '';
  const stream = { isTTY: false, write: (text: string) => void (shown += text) } as unknown as ProgressStream;
  const progress = showProgress(stream);
  progress.start('Reading', 10);
  for (let index = 0; index < 10; index++) progress.advance(1);
  progress.done();
  expect(shown).toBe('Reading: 3 of 10\nReading: 5 of 10\nReading: 8 of 10\nReading: 10 done\n');
});
