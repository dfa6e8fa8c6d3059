import type { Context } from '../../graphql/context.js';
import { LarderError } from '../../graphql/errors.js';
import type { Viewer } from '../../graphql/viewer.js';
import { deleteSessionsOf, passwordHashOf, replacePasswordHash } from './account.queries.js';
import type { ChangePasswordInput } from './account.type.js';
import { hashPassword, verifyPassword } from './password.js';

export type SignedIn = Extract<Viewer, { kind: 'user' }>;

/** One mailbox is one account, however its address is written. */
export function addressOf(email: string): string {
  return email.trim().toLowerCase();
}

/** Whoever is signed in, in whatever role. @throws LarderError UNAUTHENTICATED. */
export function signedIn(ctx: Context): SignedIn {
  const { viewer } = ctx;
  if (viewer.kind === 'anonymous') throw new LarderError('UNAUTHENTICATED', 'This is for signed-in viewers only.');
  return viewer;
}

/**
 * Changes the viewer's own password and ends all other sessions of theirs: whoever knew the old one is out at once.
 *
 * @throws LarderError UNAUTHENTICATED, CREDENTIALS_INVALID, or CONFLICT when it was changed meanwhile.
 */
export async function changePassword(ctx: Context, { currentPassword, newPassword }: ChangePasswordInput): Promise<true> {
  const { userId, sessionId } = signedIn(ctx);
  const from = await ctx.transaction('platform', (tx) => passwordHashOf(tx, userId));
  // Outside of a transaction: hashing takes long, and would keep a connection waiting.
  if (!(await verifyPassword(from, currentPassword)) || from === null) {
    throw new LarderError('CREDENTIALS_INVALID', '`currentPassword` is wrong.');
  }
  const to = await hashPassword(newPassword);
  await ctx.transaction('platform', async (tx) => {
    if (!(await replacePasswordHash(tx, userId, { from, to }))) throw new LarderError('CONFLICT', 'The password was changed by somebody else meanwhile.');
    await deleteSessionsOf(tx, userId, sessionId);
  });
  return true;
}
