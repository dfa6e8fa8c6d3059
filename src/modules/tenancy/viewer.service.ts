import type { Context } from '../../graphql/context.js';
import type { Role } from '../../graphql/roles.js';
import { sessionById } from './session.loaders.js';
import type { MembershipRow, SessionRow } from './session.queries.js';

/** Who a session's user is in a tenant: what the fields of `Viewer` are made from. */
export interface ViewerData {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role | null;
  readonly tenantId: string | null;
  readonly memberships: readonly MembershipRow[];
}

/** Null for somebody who does not belong to the tenant and may read its storefront only. */
export function roleIn(session: SessionRow, tenantId: string | null): Role | null {
  if (session.platformAdmin) return 'PLATFORM_ADMIN';
  return session.memberships.find((membership) => membership.tenantId === tenantId)?.role ?? null;
}

/** The tenant that somebody means who names none: the only one they belong to. */
export function onlyTenantOf({ memberships }: SessionRow): string | null {
  return memberships.length === 1 ? (memberships[0]?.tenantId ?? null) : null;
}

export function viewerData(session: SessionRow, tenantId: string | null): ViewerData {
  const { userId, email, name, memberships } = session;
  return { id: userId, email, name, role: roleIn(session, tenantId), tenantId, memberships };
}

/** From the session's row, not from the context: what is answered then depends on it, and is invalidated with it. */
export async function currentViewer(ctx: Context): Promise<ViewerData | null> {
  const { viewer } = ctx;
  if (viewer.kind === 'anonymous') return null;
  const session = await ctx.load(sessionById).load(viewer.sessionId);
  return session === null ? null : viewerData(session, ctx.tenantOrNull?.id ?? null);
}
