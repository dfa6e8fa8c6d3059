import { and, asc, count, eq, ilike, notExists, or, sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
import { oneOf } from '../../database/one-of.js';
import { memberships, tenants, users } from '../../database/tables/tenancy.js';
import type { Tenant } from '../../graphql/context.js';
import type { TextPageAsk } from '../../graphql/page-args.js';
import { containing } from '../../graphql/search.js';

export const tenantColumns = {
  id: tenants.id,
  slug: tenants.slug,
  name: tenants.name,
  languages: tenants.languages,
  defaultLanguage: tenants.defaultLanguage,
  currency: tenants.currency,
};

export const tenantsById = (db: Db, ids: readonly string[]): Promise<Tenant[]> =>
  db.select(tenantColumns).from(tenants).where(oneOf(tenants.id, ids));

export const tenantsBySlug = (db: Db, slugs: readonly string[]): Promise<Tenant[]> =>
  db.select(tenantColumns).from(tenants).where(oneOf(tenants.slug, slugs));

/** Ids and slugs of all tenants. */
export function listTenants(db: Db): Promise<{ id: string; slug: string }[]> {
  return db.select({ id: tenants.id, slug: tenants.slug }).from(tenants).orderBy(tenants.slug);
}

export interface TenantFilter {
  readonly search: string | null;
}

export interface TenantPageAsk extends TenantFilter {
  readonly page: TextPageAsk;
}

function matching({ search }: TenantFilter): SQL | undefined {
  return search === null ? undefined : or(ilike(tenants.slug, containing(search)), ilike(tenants.name, containing(search)));
}

/** One row more than asked for tells whether there is another page. */
export const tenantPage = (db: Db, { page, ...filter }: TenantPageAsk): Promise<Tenant[]> =>
  db
    .select(tenantColumns)
    .from(tenants)
    .where(and(matching(filter), page.after === null ? undefined : sql`(${tenants.slug}, ${tenants.id}) > (${page.after[0]}, ${page.after[1]}::uuid)`))
    .orderBy(asc(tenants.slug), asc(tenants.id))
    .limit(page.first + 1);

export async function countTenants(db: Db, filter: TenantFilter): Promise<number> {
  const [counted] = await db.select({ tenants: count() }).from(tenants).where(matching(filter));
  return counted?.tenants ?? 0;
}

export async function insertTenant(tx: Db, tenant: Omit<Tenant, 'id' | 'languages'> & { readonly languages: string[] }): Promise<string> {
  const [inserted] = await tx.insert(tenants).values(tenant).returning({ id: tenants.id });
  if (inserted === undefined) throw new Error('a tenant was not inserted');
  return inserted.id;
}

/** The row as it is until the transaction ends; null when there is none. */
export async function lockTenant(tx: Db, id: string): Promise<Tenant | null> {
  const [found] = await tx.select(tenantColumns).from(tenants).where(eq(tenants.id, id)).for('update');
  return found ?? null;
}

/** `undefined` leaves a column as it is. */
export interface TenantChanges {
  readonly slug?: string | undefined;
  readonly name?: string | undefined;
  readonly languages?: string[] | undefined;
  readonly defaultLanguage?: string | undefined;
}

export async function changeTenant(tx: Db, id: string, changes: TenantChanges): Promise<void> {
  if (Object.values(changes).every((value) => value === undefined)) return;
  await tx.update(tenants).set(changes).where(eq(tenants.id, id));
}

/** Deletes a tenant, all that is its own, and the accounts of those who belonged to it alone. */
export async function removeTenant(tx: Db, id: string): Promise<void> {
  const members = await tx.select({ userId: memberships.userId }).from(memberships).where(eq(memberships.tenantId, id));
  await tx.delete(tenants).where(eq(tenants.id, id));
  await removeHomeless(tx, members.map(({ userId }) => userId));
}

/** Deletes those of the accounts that belong to no tenant any more; platform admins need none. */
export async function removeHomeless(tx: Db, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return;
  const elsewhere = tx.select({ userId: memberships.userId }).from(memberships).where(eq(memberships.userId, users.id));
  await tx.delete(users).where(and(oneOf(users.id, userIds), eq(users.platformAdmin, false), notExists(elsewhere)));
}
