import { sql } from 'drizzle-orm';
import type { Database } from '../../src/database/database.js';
import { schema } from '../../src/database/schema.js';

/** A password hash that must turn up nowhere. */
export const SECRET = 'planted-password-hash';

const id = (digit: string): string =>
  `${digit.repeat(8)}-${digit.repeat(4)}-3${digit.repeat(3)}-8${digit.repeat(3)}-${digit.repeat(12)}`;

export const ONE = { tenantId: id('1'), userId: id('2'), categoryId: id('3'), medicineId: id('4') };
export const TWO = { tenantId: id('a'), userId: id('b'), categoryId: id('c'), medicineId: id('d') };
export const PRODUCT = 'N000001001';

/** Two tenants with one of everything each. */
export async function fillDatabase(database: Database): Promise<void> {
  await database.write('platform', async (tx) => {
    const reference = { id: id('5'), name: 'REFERENCE' };
    await tx.insert(schema.manufacturers).values({ ...reference, fullName: 'REFERENCE INC' });
    await tx.insert(schema.dosageForms).values(reference);
    await tx.insert(schema.routes).values(reference);
    await tx.insert(schema.productGroups).values({ id: reference.id, tradeName: 'REFERENCE' });
    await tx.insert(schema.products).values({
      id: PRODUCT,
      groupId: reference.id,
      manufacturerId: reference.id,
      dosageFormId: reference.id,
      routeId: reference.id,
      applType: 'N',
      applNo: '000001',
      productNo: '001',
      strength: '1MG',
      approvedBefore1982: true,
      referenceListed: true,
      referenceStandard: true,
      marketingStatus: 'RX',
    });
    for (const [slug, of] of [
      ['one', ONE],
      ['two', TWO],
    ] as const) {
      const { tenantId, userId, categoryId, medicineId } = of;
      await tx
        .insert(schema.tenants)
        .values({ id: tenantId, slug, name: slug, defaultLanguage: 'en', languages: ['en'], currency: 'USD' });
      await tx.insert(schema.users).values({ id: userId, email: `${slug}@example.org`, name: slug, passwordHash: SECRET });
      await tx.insert(schema.memberships).values({ userId, tenantId, role: 'STAFF' });
      await tx.insert(schema.sessions).values({ id: `session-${slug}`, userId, expiresAt: sql`now()` });
      await tx.insert(schema.categories).values({ id: categoryId, tenantId, slug: 'all', names: { en: 'All' } });
      await tx
        .insert(schema.medicines)
        .values({ id: medicineId, tenantId, productId: PRODUCT, categoryId, name: slug, priceMinor: 100 });
      await tx.insert(schema.stockLevels).values({ medicineId, tenantId, quantity: 25, reorderLevel: 5 });
      await tx.insert(schema.stockMovements).values({ tenantId, medicineId, delta: 25, reason: 'RECEIPT' });
    }
  });
}
