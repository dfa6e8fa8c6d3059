import type { Context } from '../../graphql/context.js';
import { LarderError } from '../../graphql/errors.js';
import { addressOf } from './account.service.js';
import { verifyPassword } from './password.js';
import { SESSION_LIFETIME } from './session-lifetime.js';
import { sessionById } from './session.loaders.js';
import { credentialsOf, deleteSession, insertSession } from './session.queries.js';
import type { SignInInput, SignInPayload } from './session.type.js';
import { issueToken } from './token.js';
import { onlyTenantOf, viewerData } from './viewer.service.js';

/** RFC 5321, section 4.5.3.1: a longer text, or one with control characters, is no address and need not be looked up. */
const ADDRESS = /^[^\x00-\x1f]{3,254}$/;

/** @throws LarderError CREDENTIALS_INVALID, after the same work whether the address is known or not. */
export async function signIn(ctx: Context, { email, password }: SignInInput): Promise<SignInPayload> {
  const address = addressOf(email);
  const stored = ADDRESS.test(address) ? await ctx.transaction('platform', (tx) => credentialsOf(tx, address)) : null;
  // Outside of a transaction: hashing takes long, and would keep a connection waiting.
  const matches = await verifyPassword(stored?.passwordHash ?? null, password);
  if (stored === null || !matches) throw new LarderError('CREDENTIALS_INVALID', 'E-mail address or password is wrong.');

  const { token, sessionId } = issueToken();
  const lifetimeSeconds = SESSION_LIFETIME / 1000;
  const expiresAt = await ctx.transaction('platform', (tx) => insertSession(tx, { id: sessionId, userId: stored.userId, lifetimeSeconds }));
  const session = await ctx.load(sessionById).load(sessionId);
  if (session === null) throw new LarderError('SESSION_INVALID', 'The session was revoked as soon as it began.');
  return { token, expiresAt: new Date(expiresAt), viewer: viewerData(session, ctx.tenantOrNull?.id ?? onlyTenantOf(session)) };
}

/** Ends the session of the request. False when there was none. */
export async function signOut(ctx: Context): Promise<boolean> {
  const { viewer } = ctx;
  if (viewer.kind === 'anonymous') return false;
  return ctx.transaction('platform', (tx) => deleteSession(tx, viewer.sessionId));
}
