import type { ResolverClass } from '../../graphql/build-schema.js';
import { SessionResolver } from './session.resolver.js';
import { TenantResolver } from './tenant.resolver.js';
import { MembershipResolver, ViewerResolver } from './viewer.resolver.js';

/** Tenants, who belongs to them, and who is asking. */
export const resolvers: readonly ResolverClass[] = [TenantResolver, ViewerResolver, MembershipResolver, SessionResolver];

export { createIdentify, type Credentials, type Identified, type Identify } from './identify.js';
export { hashPassword } from './password.js';
export { SESSION_LIFETIME } from './session-lifetime.js';
export { sessionById } from './session.loaders.js';
export { tenantById, tenantBySlug } from './tenant.loaders.js';
export { listTenants } from './tenant.queries.js';
export { roleEnum } from './viewer.type.js';

/** The tables behind the types that people know, for administrators. */
export const cachedTypes = {
  Tenant: { table: 'tenants', partition: 'global' },
  User: { table: 'users', partition: 'global' },
  Membership: { table: 'memberships', partition: 'global' },
  Session: { table: 'sessions', partition: 'global' },
} as const;
