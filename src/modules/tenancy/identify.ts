import type { Reader } from '../../cache/index.js';
import type { ReadDb, Tenant } from '../../graphql/context.js';
import { LarderError } from '../../graphql/errors.js';
import { anonymous, type Viewer } from '../../graphql/viewer.js';
import type { Clock } from '../../lib/clock.js';
import { renewalDue, SessionRenewal, type Transaction } from './session-renewal.js';
import { sessionById } from './session.loaders.js';
import type { SessionRow } from './session.queries.js';
import { tenantById, tenantBySlug } from './tenant.loaders.js';
import { sessionIdOf } from './token.js';
import { onlyTenantOf, roleIn } from './viewer.service.js';

/** What a request says about itself; null for what it leaves out. */
export interface Credentials {
  /** Of `Authorization: Bearer`. */
  readonly token: string | null;
  /** Of `X-Tenant`. */
  readonly tenantSlug: string | null;
}

export interface Identified {
  readonly tenant: Tenant | null;
  readonly viewer: Viewer;
  /** Until when this holds whatever the clock says: then the session ends, or is to be prolonged. */
  readonly until: number;
}

/** @throws LarderError SESSION_INVALID or TENANT_NOT_FOUND. */
export type Identify = (reader: Reader<ReadDb>, credentials: Credentials, transaction: Transaction) => Promise<Identified>;

const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** Makes the function that finds out who asks and for which tenant. */
export function createIdentify(clock: Clock, onRenewalError: (error: unknown) => void): Identify {
  const renewal = new SessionRenewal(clock, onRenewalError);
  return async (reader, { token, tenantSlug }, transaction) => {
    const [session, named] = await Promise.all([
      token === null ? null : findSession(reader, token),
      tenantSlug === null ? null : findTenant(reader, tenantSlug),
    ]);
    // The clock decides, not the cache: an entry may outlive the session that it holds.
    if (token !== null && (session === null || Date.parse(session.expiresAt) <= clock.now())) {
      throw new LarderError('SESSION_INVALID', 'The token is unknown, expired or revoked.');
    }
    if (tenantSlug !== null && named === null) throw new LarderError('TENANT_NOT_FOUND', 'No tenant has the slug that X-Tenant names.');
    if (session === null) return { tenant: named, viewer: anonymous, until: Infinity };

    const tenant = named ?? (await onlyTenant(reader, session));
    await renewal.renewIfDue(session, transaction);
    return { tenant, viewer: viewerOf(session, tenant), until: renewalDue(session) };
  };
}

async function findSession(reader: Reader<ReadDb>, token: string): Promise<SessionRow | null> {
  const id = sessionIdOf(token);
  return id === null ? null : reader.load(sessionById).load(id);
}

async function findTenant(reader: Reader<ReadDb>, slug: string): Promise<Tenant | null> {
  return SLUG.test(slug) ? reader.load(tenantBySlug).load(slug) : null;
}

async function onlyTenant(reader: Reader<ReadDb>, session: SessionRow): Promise<Tenant | null> {
  const id = onlyTenantOf(session);
  return id === null ? null : reader.load(tenantById).load(id);
}

function viewerOf(session: SessionRow, tenant: Tenant | null): Viewer {
  const { id, userId, email, name } = session;
  return { kind: 'user', userId, sessionId: id, email, name, role: roleIn(session, tenant?.id ?? null) };
}
