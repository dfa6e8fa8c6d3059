import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { CacheProfile } from '../../graphql/cache-profile.js';
import type { Context, Tenant } from '../../graphql/context.js';
import { Reads } from '../../graphql/dependencies.js';
import { NULL_WITH_ERROR } from '../../graphql/root-fields.js';
import { ownSessions } from './session-list.service.js';
import { sessionById, sessionsOfUser } from './session.loaders.js';
import type { ListedSession, MembershipRow } from './session.queries.js';
import { Session } from './session.type.js';
import { tenantById } from './tenant.loaders.js';
import { TenantType } from './tenant.type.js';
import { currentViewer, type ViewerData } from './viewer.service.js';
import { Membership, ViewerType } from './viewer.type.js';

@Resolver(() => ViewerType)
export class ViewerResolver {
  @CacheProfile('user')
  @Reads(sessionById)
  @Query(() => ViewerType, { nullable: true, description: `The viewer of the request. Null when the request names no session. ${NULL_WITH_ERROR}` })
  viewer(@Ctx() ctx: Context): Promise<ViewerData | null> {
    return currentViewer(ctx);
  }

  @Reads(tenantById)
  @FieldResolver(() => TenantType, { nullable: true, description: 'The tenant that `role` is about.' })
  tenant(@Root() { tenantId }: ViewerData, @Ctx() ctx: Context): Promise<Tenant | null> | null {
    return tenantId === null ? null : ctx.load(tenantById).load(tenantId);
  }

  @FieldResolver(() => [Membership], { description: 'The tenants that the viewer belongs to: name one of them in `X-Tenant`.' })
  memberships(@Root() viewer: ViewerData): readonly MembershipRow[] {
    return viewer.memberships;
  }

  @Reads(sessionsOfUser)
  @FieldResolver(() => [Session], { description: 'Where the viewer is signed in, the latest first.' })
  sessions(@Root() { id }: ViewerData, @Ctx() ctx: Context): Promise<readonly ListedSession[]> {
    return ownSessions(ctx, id);
  }
}

@Resolver(() => Membership)
export class MembershipResolver {
  @Reads(tenantById)
  @FieldResolver(() => TenantType)
  tenant(@Root() { tenantId }: MembershipRow, @Ctx() ctx: Context): Promise<Tenant | null> {
    return ctx.load(tenantById).load(tenantId);
  }
}
