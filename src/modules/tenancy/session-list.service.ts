import type { Context } from '../../graphql/context.js';
import { LarderError } from '../../graphql/errors.js';
import { uuidOrNull } from '../../graphql/uuid.js';
import { deleteSessionsOf } from './account.queries.js';
import { signedIn } from './account.service.js';
import { sessionsOfUser } from './session.loaders.js';
import { deleteSession, userOfSession, type ListedSession } from './session.queries.js';
import { isSessionId } from './token.js';
import { lockMember } from './user.queries.js';
import { userNotFound } from './user.service.js';

/** Where somebody is signed in. @throws LarderError FORBIDDEN for platform admins whom none of them asks about. */
export async function sessionsOf(ctx: Context, user: { readonly id: string; readonly platformAdmin: boolean }): Promise<readonly ListedSession[]> {
  if (user.platformAdmin && ctx.viewer.role !== 'PLATFORM_ADMIN') throw forbidden();
  const found = await ctx.load(sessionsOfUser).load(user.id);
  return found?.sessions ?? [];
}

export async function ownSessions(ctx: Context, userId: string): Promise<readonly ListedSession[]> {
  const found = await ctx.load(sessionsOfUser).load(userId);
  return found?.sessions ?? [];
}

/**
 * Ends one session at once, everywhere: one's own, or of a user of the tenant of the request by its admins.
 *
 * @throws LarderError UNAUTHENTICATED, NOT_FOUND or FORBIDDEN.
 */
export async function revokeSession(ctx: Context, id: string): Promise<true> {
  const viewer = signedIn(ctx);
  await ctx.transaction('platform', async (tx) => {
    const owner = isSessionId(id) ? await userOfSession(tx, id) : null;
    if (owner === null) throw sessionNotFound();
    if (owner.userId !== viewer.userId && viewer.role !== 'PLATFORM_ADMIN') {
      const tenantId = viewer.role === 'TENANT_ADMIN' ? ctx.tenant.id : null;
      const standing = tenantId === null ? null : await lockMember(tx, { tenantId, userId: owner.userId });
      // To those who may not end it there is no such session.
      if (standing === null) throw sessionNotFound();
      if (standing.platformAdmin) throw forbidden();
    }
    await deleteSession(tx, id);
  });
  return true;
}

/** Signs a user of the tenant of the request out everywhere. Returns of how many sessions. @throws LarderError NOT_FOUND or FORBIDDEN. */
export function revokeSessions(ctx: Context, userId: string): Promise<number> {
  const id = uuidOrNull(userId);
  const tenantId = ctx.tenant.id;
  return ctx.transaction('platform', async (tx) => {
    const standing = id === null ? null : await lockMember(tx, { tenantId, userId: id });
    if (id === null || standing === null) throw userNotFound();
    if (standing.platformAdmin && ctx.viewer.role !== 'PLATFORM_ADMIN') throw forbidden();
    return deleteSessionsOf(tx, id);
  });
}

function sessionNotFound(): LarderError {
  return new LarderError('NOT_FOUND', 'There is no session with this id.');
}

function forbidden(): LarderError {
  return new LarderError('FORBIDDEN', 'Sessions of platform admins are the affair of platform admins.');
}
