import { Arg, Ctx, Mutation, Query, Resolver } from 'type-graphql';
import type { TierStats } from '../cache/index.js';
import { Requires } from '../graphql/authorize.js';
import type { ResolverClass } from '../graphql/build-schema.js';
import type { Context } from '../graphql/context.js';
import { Writes } from '../graphql/dependencies.js';
import { NULL_WITHOUT_ROLE } from '../graphql/root-fields.js';
import { authorityOf, type Admin } from './admin.js';
import { inSeconds } from './audit-text.js';
import { CacheAuditType } from './cache-audit.type.js';
import { CachePurgeInput, CachePurgePayload } from './cache-purge.type.js';
import { CacheStats, type CacheFigures, type CacheMemory, type CacheRedis } from './cache-stats.type.js';
import type { Figures } from './figures.js';
import { purge } from './purge.js';
import { cacheStats } from './stats.js';

/**
 * The GraphQL face of the admin functions, for one running system.
 *
 * @param admin asked at every call and never before, so that the schema can be had without a system.
 */
export function createAdminResolver(admin: () => Admin): ResolverClass {
  @Resolver()
  class AdminResolver {
    @Requires('TENANT_ADMIN')
    @Query(() => CacheStats, { nullable: true, description: `What the cache has done and how it is. ${NULL_WITHOUT_ROLE}` })
    async cacheStats(@Ctx() context: Context): Promise<CacheStats> {
      const report = await cacheStats(admin(), authorityOf(context.viewer, context.tenantOrNull));
      return {
        verdict: report.verdict,
        since: report.since,
        totals: { ...shown(report.totals.figures), invalidations: report.totals.invalidations },
        byLayer: report.byLayer.map(({ layer, figures }) => ({ layer, ...shown(figures) })),
        byProfile: report.byProfile.map(({ profile, figures }) => ({ profile, ...shown(figures) })),
        byType: report.byType.map(({ layer, name, profile, figures }) => ({ type: name, layer, profile, ...shown(figures) })),
        byTenant: report.byTenant.map(({ tenant, figures, invalidations }) => ({ tenant, invalidations, ...shown(figures) })),
        memory: report.memory === null ? null : memory(report.memory),
        redis: report.redis === null ? null : redis(report.redis),
        ledger: report.ledger === null ? null : { ...report.ledger, lag: report.ledger.lag < 0 ? null : report.ledger.lag },
        comparisons: report.comparisons,
      };
    }

    @Requires('TENANT_ADMIN')
    @Query(() => CacheAuditType, { nullable: true, description: `What is cached how long, for whom, on what it depends and which mutations make it invalid. ${NULL_WITHOUT_ROLE}` })
    cacheAudit(): CacheAuditType {
      const { places, notes } = admin().audit;
      return { places: places.map(inSeconds), notes };
    }

    @Requires('TENANT_ADMIN')
    @Writes()
    @Mutation(() => CachePurgePayload, {
      description:
        'Makes cached values invalid: what is named, what it is made from and what contains it. The next read of each is served from the database. Fails with BAD_USER_INPUT for what no stored value can depend on, with FORBIDDEN for what all tenants share.',
    })
    async cachePurge(@Ctx() context: Context, @Arg('input', () => CachePurgeInput) input: CachePurgeInput): Promise<CachePurgePayload> {
      const purged = await purge(admin(), authorityOf(context.viewer, context.tenantOrNull), input);
      // What this operation reads after the purge is to be as new as what others read.
      context.reader.request.renew();
      return purged;
    }
  }
  return AdminResolver;
}

/** The figures with what is computed from them. */
function shown(figures: Figures): CacheFigures {
  return { ...figures, hitRate: figures.hitRate, averageLoadMilliseconds: figures.averageLoadMilliseconds };
}

function memory({ entries, bytes, maxBytes, evictions }: TierStats): CacheMemory {
  return { entries, bytes, maxBytes, evictions };
}

function redis({ healthy, timeouts, errors, server }: TierStats): CacheRedis {
  return {
    healthy,
    version: server?.version ?? null,
    usedMemory: server?.usedMemory ?? null,
    maxMemory: server?.maxMemory ?? null,
    clients: server?.clients ?? null,
    keys: server?.keys ?? null,
    evictedKeys: server?.evictedKeys ?? null,
    hits: server?.hits ?? null,
    misses: server?.misses ?? null,
    timeouts,
    errors,
  };
}
