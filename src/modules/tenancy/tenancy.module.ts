import type { ResolverClass } from '../../graphql/build-schema.js';
import { sessionById } from './session.loaders.js';
import { SessionResolver } from './session.resolver.js';
import { tenantById } from './tenant.loaders.js';
import { TenantConnectionResolver, TenantResolver } from './tenant.resolver.js';
import { UserConnectionResolver, UserResolver } from './user.resolver.js';
import { MembershipResolver, ViewerResolver } from './viewer.resolver.js';

/** Tenants, who belongs to them, and who is asking. */
export const resolvers: readonly ResolverClass[] = [
  TenantResolver,
  TenantConnectionResolver,
  UserResolver,
  UserConnectionResolver,
  ViewerResolver,
  MembershipResolver,
  SessionResolver,
];

export { createIdentify, type Credentials, type Identified, type Identify } from './identify.js';
export { hashPassword } from './password.js';
export { createPlatformAdmin, type PlatformAdmin } from './platform-admin.js';
export { SESSION_LIFETIME } from './session-lifetime.js';
export { sessionById } from './session.loaders.js';
export { sessionIdOf } from './token.js';
export { nodes } from './tenancy.nodes.js';
export { tenantById, tenantBySlug } from './tenant.loaders.js';
export { listTenants } from './tenant.queries.js';
export { roleEnum } from './viewer.type.js';

/** What holds the rows of the types that people know, for administrators: a loader, or a table. */
export const cachedTypes = {
  Tenant: tenantById,
  User: { table: 'users', partition: 'global' },
  Membership: { table: 'memberships', partition: 'global' },
  Session: sessionById,
} as const;
