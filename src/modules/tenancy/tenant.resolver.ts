import { Ctx, Query, Resolver } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import type { Context, Tenant } from '../../graphql/context.js';
import { tenantBySlug } from './tenant.loaders.js';
import { TenantType } from './tenant.type.js';

@Resolver(() => TenantType)
export class TenantResolver {
  @CacheProfile('configuration')
  @Query(() => TenantType, { description: 'The tenant of the request: what `X-Tenant` names, else the only one that the viewer belongs to.' })
  tenant(@Ctx() ctx: Context): Promise<Tenant | null> {
    // By its slug, as the request's tenant was found: it is at hand, and brings the tags of what is answered.
    return ctx.load(tenantBySlug).load(ctx.tenant.slug);
  }
}
