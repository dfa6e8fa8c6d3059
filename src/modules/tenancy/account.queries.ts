import { and, eq, ne } from 'drizzle-orm';
import type { Db } from '../../database/database.js';
import { sessions, users } from '../../database/tables/tenancy.js';

export interface NewAccount {
  /** In small letters. */
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly platformAdmin: boolean;
}

/** Returns its id. A known address breaks a unique constraint. */
export async function insertAccount(tx: Db, account: NewAccount): Promise<string> {
  const [inserted] = await tx.insert(users).values(account).returning({ id: users.id });
  if (inserted === undefined) throw new Error('an account was not inserted');
  return inserted.id;
}

/** Reads a secret: to be called in a transaction, which no cache sees (P7). */
export async function passwordHashOf(tx: Db, userId: string): Promise<string | null> {
  const [found] = await tx.select({ passwordHash: users.passwordHash }).from(users).where(eq(users.id, userId));
  return found?.passwordHash ?? null;
}

/** Whether it was still `from` that it had. */
export async function replacePasswordHash(tx: Db, userId: string, hashes: { readonly from: string; readonly to: string }): Promise<boolean> {
  const changed = await tx
    .update(users)
    .set({ passwordHash: hashes.to })
    .where(and(eq(users.id, userId), eq(users.passwordHash, hashes.from)))
    .returning({ id: users.id });
  return changed.length > 0;
}

/** Ends a user's sessions, all or all but one. Returns how many. */
export async function deleteSessionsOf(tx: Db, userId: string, except: string | null = null): Promise<number> {
  const others = except === null ? undefined : ne(sessions.id, except);
  const deleted = await tx.delete(sessions).where(and(eq(sessions.userId, userId), others)).returning({ id: sessions.id });
  return deleted.length;
}
