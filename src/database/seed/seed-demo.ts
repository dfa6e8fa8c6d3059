import { eq, inArray, ne, sql } from 'drizzle-orm';
import type { Database, Db } from '../database.js';
import { DatabaseError } from '../database-error.js';
import { dosageForms, productGroups, products, routes } from '../tables/catalogue.js';
import { categories, medicines, stockLevels } from '../tables/pharmacy.js';
import { memberships, tenants, users } from '../tables/tenancy.js';
import { bulkWrite } from './bulk-write.js';
import { DEMO_ACCOUNTS, DEMO_PASSWORD, DEMO_TENANTS, type DemoTenant } from './demo-accounts.js';
import { demoShelf, type SellableProduct } from './demo-stock.js';
import { silentProgress, type Progress } from './progress.js';

export interface SeedOptions {
  /** Demo accounts have a public password: in production they are refused. */
  readonly production: boolean;
  readonly hashPassword: (password: string) => Promise<string>;
  readonly medicinesPerTenant?: number;
  readonly progress?: Progress;
}

export interface SeedReport {
  /** How many rows were added; none when everything was there. */
  readonly accounts: number;
  readonly medicines: number;
}

/**
 * Two demo pharmacies on the imported catalogue, with accounts. What is there stays as it is: stock that was sold stays
 * sold, changed passwords and prices stay changed.
 *
 * @throws DatabaseError DEMO_ACCOUNTS_REFUSED in production; DATABASE_NOT_READY without a catalogue.
 */
export async function seedDemo(database: Database, options: SeedOptions): Promise<SeedReport> {
  const { production, hashPassword, medicinesPerTenant = 3_200, progress = silentProgress } = options;
  if (production) {
    throw new DatabaseError('DEMO_ACCOUNTS_REFUSED', `demo accounts are refused in production: everyone knows their password`);
  }
  const sellable = await database.read('catalogue', sellableProducts);
  if (sellable.length === 0)
    throw new DatabaseError('DATABASE_NOT_READY', 'demo pharmacies need a catalogue to sell from: import it first');

  let added = 0;
  progress.start('Stocking two demo pharmacies', DEMO_TENANTS.length * medicinesPerTenant);
  for (const tenant of DEMO_TENANTS) {
    added += await database.write('platform', (tx) => openShop(tx, tenant, demoShelf(tenant, sellable, medicinesPerTenant)));
    progress.advance(medicinesPerTenant);
  }
  progress.done();
  const accounts = await addAccounts(database, hashPassword);
  await database.owner((tx) => tx.execute(sql`analyze tenants, users, memberships, categories, medicines, stock_levels`));
  return { accounts, medicines: added };
}

function sellableProducts(db: Db): Promise<SellableProduct[]> {
  return db
    .select({
      id: products.id,
      tradeName: productGroups.tradeName,
      strength: products.strength,
      form: dosageForms.name,
      route: routes.name,
    })
    .from(products)
    .innerJoin(productGroups, eq(productGroups.id, products.groupId))
    .innerJoin(dosageForms, eq(dosageForms.id, products.dosageFormId))
    .innerJoin(routes, eq(routes.id, products.routeId))
    .where(ne(products.marketingStatus, 'DISCN'));
}

/** A pharmacy that has medicines was stocked before: what has become of them since is its own affair. */
async function openShop(tx: Db, tenant: DemoTenant, shelf: ReturnType<typeof demoShelf>): Promise<number> {
  const { priceLevel: _, languages, ...row } = tenant;
  await tx
    .insert(tenants)
    .values({ ...row, languages: [...languages] })
    .onConflictDoNothing();
  const [stocked] = await tx.select({ id: medicines.id }).from(medicines).where(eq(medicines.tenantId, tenant.id)).limit(1);
  if (stocked !== undefined) return 0;
  await bulkWrite(tx, { table: categories, rows: shelf.categories, existing: 'keep' });
  await bulkWrite(tx, { table: medicines, rows: shelf.medicines, existing: 'keep' });
  await bulkWrite(tx, { table: stockLevels, rows: shelf.stockLevels, existing: 'keep' });
  return shelf.medicines.length;
}

async function addAccounts(database: Database, hashPassword: SeedOptions['hashPassword']): Promise<number> {
  const emails = DEMO_ACCOUNTS.map(({ email }) => email);
  const known = await database.read('platform', (db) =>
    db.select({ email: users.email }).from(users).where(inArray(users.email, emails)),
  );
  const missing = DEMO_ACCOUNTS.filter(({ email }) => !known.some((user) => user.email === email));
  if (missing.length === 0) return 0;
  // Hashed one by one: each takes tens of megabytes by design, and outside the transaction, which it would hold open.
  const rows: (typeof users.$inferInsert)[] = [];
  for (const { id, email, name, membership } of missing) {
    rows.push({ id, email, name, passwordHash: await hashPassword(DEMO_PASSWORD), platformAdmin: membership === null });
  }
  return database.write('platform', async (tx) => {
    const written = await tx.insert(users).values(rows).onConflictDoNothing().returning({ id: users.id });
    const roles = missing.flatMap(({ id, membership }) => (membership === null ? [] : [{ userId: id, ...membership }]));
    if (roles.length > 0) await tx.insert(memberships).values(roles).onConflictDoNothing();
    return written.length;
  });
}

export interface SeedState {
  readonly catalogue: boolean;
  readonly demo: boolean;
}

/** What has been imported and seeded; both happen in whole transactions. */
export async function seedState(database: Database): Promise<SeedState> {
  return database.read('platform', async (db) => {
    const [imported] = await db.select({ id: products.id }).from(products).limit(1);
    const accounts = await db
      .select({ id: users.id })
      .from(users)
      .where(eq(users.email, DEMO_ACCOUNTS.at(-1)?.email ?? ''));
    return { catalogue: imported !== undefined, demo: accounts.length > 0 };
  });
}

/** Whether there is a catalogue and demo pharmacies with accounts. */
export async function isSeeded(database: Database): Promise<boolean> {
  const { catalogue, demo } = await seedState(database);
  return catalogue && demo;
}
