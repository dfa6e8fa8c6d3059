import { and, eq, gt, lt, lte, sql } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
import { oneOf } from '../../database/one-of.js';
import { memberships, sessions, users } from '../../database/tables/tenancy.js';

export interface MembershipRow {
  readonly tenantId: string;
  readonly role: 'STAFF' | 'TENANT_ADMIN';
}

/** A session with all that authentication asks about its user. */
export interface SessionRow {
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly platformAdmin: boolean;
  readonly expiresAt: string;
  readonly memberships: readonly MembershipRow[];
}

export const sessionColumns = {
  id: sessions.id,
  userId: sessions.userId,
  email: users.email,
  name: users.name,
  platformAdmin: users.platformAdmin,
  expiresAt: sessions.expiresAt,
  memberships: sql<MembershipRow[]>`(
    select coalesce(
      json_agg(json_build_object('tenantId', ${memberships.tenantId}, 'role', ${memberships.role}) order by ${memberships.tenantId}),
      '[]'::json
    )
    from ${memberships} where ${memberships.userId} = ${sessions.userId}
  )`,
};

export const sessionsById = (db: Db, ids: readonly string[]): Promise<SessionRow[]> =>
  db
    .select(sessionColumns)
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(oneOf(sessions.id, ids));

export interface StoredCredentials {
  readonly userId: string;
  readonly passwordHash: string;
}

/** Reads a secret: to be called in a transaction, which no cache sees (P7). */
export async function credentialsOf(tx: Db, email: string): Promise<StoredCredentials | null> {
  const [found] = await tx.select({ userId: users.id, passwordHash: users.passwordHash }).from(users).where(eq(users.email, email));
  return found ?? null;
}

export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly lifetimeSeconds: number;
}

/** Opens a session, and clears away those of the same user that have ended. Returns when it ends. */
export async function insertSession(tx: Db, { id, userId, lifetimeSeconds }: NewSession): Promise<string> {
  await tx.delete(sessions).where(and(eq(sessions.userId, userId), lte(sessions.expiresAt, sql`now()`)));
  const [inserted] = await tx
    .insert(sessions)
    .values({ id, userId, expiresAt: sql`now() + make_interval(secs => ${lifetimeSeconds})` })
    .returning({ expiresAt: sessions.expiresAt });
  if (inserted === undefined) throw new Error('a session was not inserted');
  return inserted.expiresAt;
}

/** Lets a session last until `expiresAt`, unless it ends after `unlessAfter` already: somebody else was first. */
export async function extendSession(tx: Db, session: { readonly id: string; readonly expiresAt: string; readonly unlessAfter: string }): Promise<void> {
  await tx
    .update(sessions)
    .set({ expiresAt: session.expiresAt })
    .where(and(eq(sessions.id, session.id), lt(sessions.expiresAt, session.unlessAfter)));
}

/** A session as its user sees it. The id opens nothing: it is a digest of the token. */
export interface ListedSession {
  readonly id: string;
  readonly createdAt: string;
  readonly expiresAt: string;
}

export interface SessionsOfUser {
  readonly userId: string;
  readonly sessions: readonly ListedSession[];
}

/** Those that have not ended, the latest first. It reads the clock: its answers are not to be kept. */
export const sessionsOfUsers = (db: Db, userIds: readonly string[]): Promise<SessionsOfUser[]> =>
  db
    .select({
      userId: sessions.userId,
      sessions: sql<ListedSession[]>`json_agg(
        json_build_object('id', ${sessions.id}, 'createdAt', ${sessions.createdAt}, 'expiresAt', ${sessions.expiresAt})
        order by ${sessions.createdAt} desc, ${sessions.id}
      )`,
    })
    .from(sessions)
    .where(and(oneOf(sessions.userId, userIds), gt(sessions.expiresAt, sql`now()`)))
    .groupBy(sessions.userId);

/** Whose session it is; null when there is none with this id. */
export async function userOfSession(tx: Db, id: string): Promise<{ readonly userId: string; readonly platformAdmin: boolean } | null> {
  const [found] = await tx
    .select({ userId: users.id, platformAdmin: users.platformAdmin })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, id));
  return found ?? null;
}

/** Whether there was one. */
export async function deleteSession(tx: Db, id: string): Promise<boolean> {
  const deleted = await tx.delete(sessions).where(eq(sessions.id, id)).returning({ id: sessions.id });
  return deleted.length > 0;
}
