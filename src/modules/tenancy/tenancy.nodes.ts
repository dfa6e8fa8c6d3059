import type { Context, Tenant } from '../../graphql/context.js';
import type { NodeSource } from '../../graphql/node.js';
import { uuidOrNull } from '../../graphql/uuid.js';
import { tenantById, tenantBySlug } from './tenant.loaders.js';

/** The tenant of the request, and no other. Users and sessions are no nodes: who may see them, the viewer decides. */
async function ownTenant(ctx: Context, id: string): Promise<Tenant | null> {
  return ctx.tenantOrNull !== null && uuidOrNull(id) === ctx.tenantOrNull.id ? ctx.load(tenantBySlug).load(ctx.tenant.slug) : null;
}

/** Types of this module that implement `Node`. */
export const nodes: readonly NodeSource[] = [{ type: 'Tenant', reads: [tenantBySlug, tenantById], find: (ctx, ids) => Promise.all(ids.map((id) => ownTenant(ctx, id))) }];
