import { and, asc, count, eq, ilike, ne, or, sql, type SQL } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
import { memberships, users } from '../../database/tables/tenancy.js';
import type { TextPageAsk } from '../../graphql/page-args.js';
import { containing } from '../../graphql/search.js';
import { removeHomeless } from './tenant.queries.js';
import type { MembershipRole } from './user.type.js';

export interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: MembershipRole;
  readonly platformAdmin: boolean;
  readonly createdAt: string;
}

export const userColumns = {
  id: users.id,
  email: users.email,
  name: users.name,
  role: memberships.role,
  platformAdmin: users.platformAdmin,
  createdAt: users.createdAt,
};

/** Row security would do without it; the tags of what is read are made from it. */
interface OfTenant {
  readonly tenantId: string;
}

export interface UserAsk extends OfTenant {
  readonly userId: string;
}

export interface UserFilter extends OfTenant {
  readonly search: string | null;
}

export interface UserPageAsk extends UserFilter {
  readonly page: TextPageAsk;
}

const selectUsers = (db: Db) => db.select(userColumns).from(memberships).innerJoin(users, eq(users.id, memberships.userId));

const matching = ({ tenantId, search }: UserFilter): SQL | undefined =>
  and(
    eq(memberships.tenantId, tenantId),
    search === null ? undefined : or(ilike(users.name, containing(search)), ilike(users.email, containing(search))),
  );

export async function userOf(db: Db, { tenantId, userId }: UserAsk): Promise<UserRow | null> {
  const [found] = await selectUsers(db).where(and(eq(memberships.tenantId, tenantId), eq(memberships.userId, userId)));
  return found ?? null;
}

/** One row more than asked for tells whether there is another page. */
export const userPage = (db: Db, { page, ...filter }: UserPageAsk): Promise<UserRow[]> =>
  selectUsers(db)
    .where(and(matching(filter), page.after === null ? undefined : sql`(${users.name}, ${users.id}) > (${page.after[0]}, ${page.after[1]}::uuid)`))
    .orderBy(asc(users.name), asc(users.id))
    .limit(page.first + 1);

export async function countUsers(db: Db, filter: UserFilter): Promise<number> {
  const [counted] = await db.select({ users: count() }).from(memberships).innerJoin(users, eq(users.id, memberships.userId)).where(matching(filter));
  return counted?.users ?? 0;
}

export async function insertMembership(tx: Db, membership: UserAsk & { readonly role: MembershipRole }): Promise<void> {
  await tx.insert(memberships).values(membership);
}

export async function accountByAddress(tx: Db, email: string): Promise<string | null> {
  const [found] = await tx.select({ id: users.id }).from(users).where(eq(users.email, email));
  return found?.id ?? null;
}

/** What decides who may change an account. */
export interface Standing {
  readonly platformAdmin: boolean;
  /** Whether it belongs to another tenant, too. */
  readonly elsewhere: boolean;
}

/** Of a member of the tenant, who stays one until the transaction ends; null when the account is none. */
export async function lockMember(tx: Db, { tenantId, userId }: UserAsk): Promise<Standing | null> {
  const own = and(eq(memberships.tenantId, tenantId), eq(memberships.userId, userId));
  const locked = await tx.select({ userId: memberships.userId }).from(memberships).where(own).for('update');
  if (locked.length === 0) return null;
  const others = await tx
    .select({ tenantId: memberships.tenantId })
    .from(memberships)
    .where(and(eq(memberships.userId, userId), ne(memberships.tenantId, tenantId)));
  const [account] = await tx.select({ platformAdmin: users.platformAdmin }).from(users).where(eq(users.id, userId));
  return account === undefined ? null : { platformAdmin: account.platformAdmin, elsewhere: others.length > 0 };
}

export async function renameAccount(tx: Db, userId: string, name: string): Promise<void> {
  await tx.update(users).set({ name }).where(eq(users.id, userId));
}

export async function changeRole(tx: Db, { tenantId, userId, role }: UserAsk & { readonly role: MembershipRole }): Promise<void> {
  await tx
    .update(memberships)
    .set({ role })
    .where(and(eq(memberships.tenantId, tenantId), eq(memberships.userId, userId)));
}

/** Ends a membership, and the account with its last one. */
export async function removeMember(tx: Db, { tenantId, userId }: UserAsk): Promise<void> {
  await tx.delete(memberships).where(and(eq(memberships.tenantId, tenantId), eq(memberships.userId, userId)));
  await removeHomeless(tx, [userId]);
}
