import { Arg, Args, Ctx, FieldResolver, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { Requires } from '../../graphql/authorize.js';
import { CacheProfile } from '../../graphql/cache-profile.js';
import { TOTAL_COUNT } from '../../graphql/connection.js';
import type { Context, Tenant } from '../../graphql/context.js';
import { Reads, Writes } from '../../graphql/dependencies.js';
import { NULL_WITH_ERROR, NULL_WITHOUT_ROLE } from '../../graphql/root-fields.js';
import { tenantById, tenantBySlug, tenantList, tenantTotal } from './tenant.loaders.js';
import { createTenant, deleteTenant, tenants, updateTenant, updateTenantSettings, type TenantPage } from './tenant.service.js';
import {
  CreateTenantInput,
  DeleteTenantInput,
  DeleteTenantPayload,
  TenantConnection,
  TenantsArgs,
  TenantType,
  UpdateTenantInput,
  UpdateTenantSettingsInput,
} from './tenant.type.js';

@Resolver(() => TenantType)
export class TenantResolver {
  @CacheProfile('configuration')
  @Reads(tenantBySlug, tenantById)
  @Query(() => TenantType, { nullable: true, description: `The tenant of the request: what \`X-Tenant\` names, else the only one that the viewer belongs to. ${NULL_WITH_ERROR}` })
  tenant(@Ctx() ctx: Context): Promise<Tenant | null> {
    // By its slug, as the request's tenant was found: it is at hand, and brings the tags of what is answered.
    return ctx.load(tenantBySlug).load(ctx.tenant.slug);
  }

  @Requires('PLATFORM_ADMIN')
  @Reads(tenantList)
  @Query(() => TenantConnection, { nullable: true, description: `All tenants, by slug. ${NULL_WITHOUT_ROLE}` })
  tenants(@Args(() => TenantsArgs) args: TenantsArgs, @Ctx() ctx: Context): Promise<TenantPage> {
    return tenants(ctx, args);
  }

  @Requires('PLATFORM_ADMIN')
  @Writes('tenants')
  @Mutation(() => TenantType, { description: 'Fails with ALREADY_EXISTS for a slug that another tenant has.' })
  createTenant(@Arg('input', () => CreateTenantInput) input: CreateTenantInput, @Ctx() ctx: Context): Promise<Tenant> {
    return createTenant(ctx, input);
  }

  @Requires('PLATFORM_ADMIN')
  @Writes('tenants')
  @Mutation(() => TenantType, { description: 'Renames a tenant. Its settings are changed with `updateTenantSettings`.' })
  updateTenant(@Arg('input', () => UpdateTenantInput) input: UpdateTenantInput, @Ctx() ctx: Context): Promise<Tenant> {
    return updateTenant(ctx, input);
  }

  @Requires('PLATFORM_ADMIN')
  @Writes('tenants', 'users', 'memberships', 'sessions', 'categories', 'medicines', 'stock_levels', 'stock_movements')
  @Mutation(() => DeleteTenantPayload, {
    description: 'Deletes a tenant for good: all that is its own, the accounts of those who belong to no other, and what the cache holds of it. Takes a second or two.',
  })
  async deleteTenant(@Arg('input', () => DeleteTenantInput) input: DeleteTenantInput, @Ctx() ctx: Context): Promise<DeleteTenantPayload> {
    return { deletedId: await deleteTenant(ctx, input) };
  }

  @Requires('TENANT_ADMIN')
  @Writes('tenants')
  @Mutation(() => TenantType, { description: 'Changes name and languages of the tenant of the request.' })
  updateTenantSettings(@Arg('input', () => UpdateTenantSettingsInput) input: UpdateTenantSettingsInput, @Ctx() ctx: Context): Promise<Tenant> {
    return updateTenantSettings(ctx, input);
  }
}

@Resolver(() => TenantConnection)
export class TenantConnectionResolver {
  @Reads(tenantTotal)
  @FieldResolver(() => Int, TOTAL_COUNT)
  totalCount(@Root() page: TenantPage, @Ctx() ctx: Context): Promise<number> {
    return ctx.load(tenantTotal).load(page.of);
  }
}
