import { randomUUID } from 'node:crypto';
import { asc, eq, inArray, notInArray, sql } from 'drizzle-orm';
import type { Db } from '../../../src/database/database.js';
import { schema } from '../../../src/database/schema.js';
import { DEMO_TENANTS, type DemoTenant } from '../../../src/database/seed/demo-accounts.js';
import { digest } from '../../../src/lib/digest.js';
import type { Running } from '../../support/backends.js';

/** A tenant whose every text contains a word that is nowhere else, and some of what it has. */
export interface MarkedTenant {
  readonly slug: string;
  readonly id: string;
  readonly defaultLanguage: string;
  readonly marker: string;
  /** In the names of its medicines, too, and not looked for anywhere: what a client searches for may be kept with what it found. */
  readonly searchable: string;
  readonly staff: string;
  readonly admin: string;
  readonly staffId: string;
  /** People of the tenant who never sign in, for those who change people. */
  readonly guestId: string;
  readonly leaverId: string;
  /** Address of somebody who belongs to no tenant. */
  readonly loner: string;
  /** Sessions of the staff that nobody uses. */
  readonly endingSessionId: string;
  readonly lastingSessionId: string;
  /** Another tenant, which may go. */
  readonly disposable: { readonly id: string; readonly slug: string };
  readonly medicineId: string;
  readonly categoryId: string;
  readonly emptyCategoryId: string;
  readonly anotherMedicineId: string;
  /** Of the medicine: products and groups are everybody's. */
  readonly productId: string;
  readonly groupId: string;
  readonly tradeName: string;
  /** Of the catalogue, and in no tenant's assortment. */
  readonly unofferedProductId: string;
}

/** Puts a marker into whatever a tenant can call its own. */
export async function markTenants(running: Pick<Running, 'change'>): Promise<readonly [MarkedTenant, MarkedTenant]> {
  const [first, second] = DEMO_TENANTS;
  if (first === undefined || second === undefined) throw new Error('there are no two tenants');
  return [await mark(running, first, 'markalphaq7'), await mark(running, second, 'markbravoz4')];
}

async function mark(running: Pick<Running, 'change'>, { id, slug, defaultLanguage }: DemoTenant, marker: string): Promise<MarkedTenant> {
  const { categories, medicines, memberships, stockLevels, stockMovements, tenants, users } = schema;
  const marked = (column: unknown) => sql<string>`${column} || ${` ${marker}`}::text`;
  const searchable = `sold at ${slug}`;
  return running.change(async (tx) => {
    await tx.update(tenants).set({ name: marked(tenants.name) }).where(eq(tenants.id, id));
    const members = tx.select({ id: memberships.userId }).from(memberships).where(eq(memberships.tenantId, id));
    await tx
      .update(users)
      .set({ name: marked(users.name), email: sql`replace(${users.email}, '@', ${`.${marker}@`}::text)` })
      .where(inArray(users.id, members));
    const [empty] = await tx
      .insert(categories)
      .values({ tenantId: id, slug: 'empty', names: { [defaultLanguage]: 'Empty' } })
      .returning({ id: categories.id });
    await tx
      .update(categories)
      .set({
        slug: sql`${categories.slug} || ${`-${marker}`}::text`,
        names: sql`(select jsonb_object_agg(key, value || ${` ${marker}`}::text) from jsonb_each_text(${categories.names}))`,
      })
      .where(eq(categories.tenantId, id));
    await tx.update(medicines).set({ name: sql`${medicines.name} || ${` ${searchable} ${marker}`}::text` }).where(eq(medicines.tenantId, id));

    const chosen = await chooseMedicines(tx, id);
    await tx.update(stockLevels).set({ quantity: 1_000 }).where(eq(stockLevels.medicineId, chosen.medicineId));
    await tx.insert(stockMovements).values({ tenantId: id, medicineId: chosen.medicineId, delta: 1, reason: 'RECEIPT', note: marker });
    const email = (name: string): string => `${name}@${slug}.example`.replace('@', `.${marker}@`);
    const people = { staff: email('staff'), admin: email('admin'), ...(await addPeople(tx, { tenantId: id, marker, staff: email('staff') })) };
    const disposable = { slug: `disposable-${slug}`, name: `Disposable ${marker}`, defaultLanguage, languages: [defaultLanguage], currency: 'USD' };
    const [gone] = await tx.insert(tenants).values(disposable).returning({ id: tenants.id, slug: tenants.slug });
    if (gone === undefined) throw new Error('there is no tenant to dispose of');
    return { slug, id, defaultLanguage, marker, searchable, ...people, ...chosen, disposable: gone, emptyCategoryId: empty?.id ?? '' };
  });
}

interface Marked {
  readonly tenantId: string;
  readonly marker: string;
  readonly staff: string;
}

async function addPeople(tx: Db, { tenantId, marker, staff }: Marked) {
  const { memberships, sessions, users } = schema;
  const account = (name: string) => ({ email: `${name}.${marker}@larder.example`, name: `${name} ${marker}`, passwordHash: `nobody signs in with ${randomUUID()}` });
  const added = await tx
    .insert(users)
    .values(['guest', 'leaver', 'loner'].map(account))
    .returning({ id: users.id });
  const [guestId = '', leaverId = ''] = added.map(({ id }) => id);
  await tx.insert(memberships).values([guestId, leaverId].map((userId) => ({ tenantId, userId, role: 'STAFF' as const })));
  const [found] = await tx.select({ id: users.id }).from(users).where(eq(users.email, staff));
  const staffId = found?.id ?? '';
  const [endingSessionId, lastingSessionId] = [digest(randomUUID()), digest(randomUUID())];
  await tx.insert(sessions).values([endingSessionId, lastingSessionId].map((id) => ({ id, userId: staffId, expiresAt: sql`now() + interval '1 hour'` })));
  return { staffId, guestId, leaverId, loner: account('loner').email, endingSessionId, lastingSessionId };
}

async function chooseMedicines(tx: Db, tenantId: string) {
  const { medicines, productGroups, products } = schema;
  const [first, second] = await tx
    .select({
      medicineId: medicines.id,
      categoryId: medicines.categoryId,
      productId: medicines.productId,
      groupId: products.groupId,
      tradeName: productGroups.tradeName,
    })
    .from(medicines)
    .innerJoin(products, eq(products.id, medicines.productId))
    .innerJoin(productGroups, eq(productGroups.id, products.groupId))
    .where(eq(medicines.tenantId, tenantId))
    .orderBy(asc(medicines.rank))
    .limit(2);
  const offered = tx.select({ id: medicines.productId }).from(medicines);
  const [unoffered] = await tx.select({ id: products.id }).from(products).where(notInArray(products.id, offered)).limit(1);
  if (first === undefined || second === undefined || unoffered === undefined) throw new Error('the tenant has too little, or everything');
  return { ...first, anotherMedicineId: second.medicineId, unofferedProductId: unoffered.id };
}

/** Changes whenever anything that belongs to a tenant does; its members' sessions left out. */
export function fingerprint(running: Running, { id }: MarkedTenant): Promise<string> {
  const { categories, medicines, memberships, stockLevels, stockMovements, tenants } = schema;
  return running.app.database.read('platform', async (db: Db) => {
    const digests: string[] = [];
    for (const table of [categories, medicines, memberships, stockLevels, stockMovements, tenants]) {
      const owner = 'tenantId' in table ? table.tenantId : table.id;
      const [row] = await db
        .select({ digest: sql<string>`md5(coalesce(string_agg(${table}::text, ',' order by ${table}::text), ''))` })
        .from(table)
        .where(eq(owner, id));
      digests.push(row?.digest ?? '');
    }
    return digests.join(' ');
  });
}
