import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Db } from '../../../src/database/database.js';
import { schema } from '../../../src/database/schema.js';
import { DEMO_TENANTS } from '../../../src/database/seed/demo-accounts.js';
import type { Running } from '../../support/backends.js';

/** A tenant whose every text contains a word that is nowhere else, and some of what it has. */
export interface MarkedTenant {
  readonly slug: string;
  readonly id: string;
  readonly marker: string;
  readonly staff: string;
  readonly admin: string;
  readonly categoryId: string;
  readonly otherCategoryId: string;
  readonly medicineId: string;
  /** Of the medicine: products and groups are everybody's. */
  readonly productId: string;
  readonly groupId: string;
}

/** Puts a marker into whatever a tenant can call its own. */
export async function markTenants(running: Running): Promise<readonly [MarkedTenant, MarkedTenant]> {
  const [first, second] = DEMO_TENANTS;
  if (first === undefined || second === undefined) throw new Error('there are no two tenants');
  return [await mark(running, first, 'markalphaq7'), await mark(running, second, 'markbravoz4')];
}

async function mark(running: Running, { id, slug }: { readonly id: string; readonly slug: string }, marker: string): Promise<MarkedTenant> {
  const { categories, medicines, memberships, products, stockLevels, stockMovements, tenants, users } = schema;
  return running.change(async (tx) => {
    const marked = (column: unknown) => sql<string>`${column} || ${` ${marker}`}::text`;
    await tx.update(tenants).set({ name: marked(tenants.name) }).where(eq(tenants.id, id));
    const members = tx.select({ id: memberships.userId }).from(memberships).where(eq(memberships.tenantId, id));
    await tx
      .update(users)
      .set({ name: marked(users.name), email: sql`replace(${users.email}, '@', ${`.${marker}@`}::text)` })
      .where(inArray(users.id, members));
    await tx
      .update(categories)
      .set({
        slug: sql`${categories.slug} || ${`-${marker}`}::text`,
        names: sql`(select jsonb_object_agg(key, value || ${` ${marker}`}::text) from jsonb_each_text(${categories.names}))`,
      })
      .where(eq(categories.tenantId, id));
    await tx.update(medicines).set({ name: marked(medicines.name) }).where(eq(medicines.tenantId, id));

    const [chosen] = await tx
      .select({ medicineId: medicines.id, categoryId: medicines.categoryId, productId: medicines.productId, groupId: products.groupId })
      .from(medicines)
      .innerJoin(products, eq(products.id, medicines.productId))
      .where(and(eq(medicines.tenantId, id), eq(medicines.rank, 1)));
    if (chosen === undefined) throw new Error(`${slug} has no medicines`);
    await tx.update(stockLevels).set({ quantity: 1_000 }).where(eq(stockLevels.medicineId, chosen.medicineId));
    await tx.insert(stockMovements).values({ tenantId: id, medicineId: chosen.medicineId, delta: 1, reason: 'RECEIPT', note: marker });
    const shelves = await tx.select({ id: categories.id }).from(categories).where(eq(categories.tenantId, id));
    const otherCategoryId = shelves.find((shelf) => shelf.id !== chosen.categoryId)?.id ?? '';
    const [staff, admin] = ['staff', 'admin'].map((name) => `${name}@${slug}.example`.replace('@', `.${marker}@`));
    return { slug, id, marker, staff: staff ?? '', admin: admin ?? '', otherCategoryId, ...chosen };
  });
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
