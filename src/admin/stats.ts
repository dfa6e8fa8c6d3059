import type { Layer, LedgerReport, TierStats } from '../cache/index.js';
import type { Admin, Authority } from './admin.js';
import { OTHER, type TypeFigures } from './cache-statistics.js';
import { Figures } from './figures.js';
import { verdict } from './verdict.js';

export interface CacheStatsReport {
  readonly verdict: string;
  /** Since when is counted. */
  readonly since: Date;
  readonly totals: TenantTotals;
  readonly byLayer: readonly { readonly layer: Layer; readonly figures: Figures }[];
  readonly byProfile: readonly { readonly profile: string | null; readonly figures: Figures }[];
  readonly byType: readonly TypeFigures[];
  readonly byTenant: readonly (TenantTotals & { readonly tenant: string })[];
  /** The server's own state, which concerns all tenants: for the platform only. */
  readonly memory: TierStats | null;
  readonly redis: TierStats | null;
  readonly ledger: LedgerReport | null;
  readonly comparisons: { readonly compared: number; readonly diverged: number } | null;
}

export interface TenantTotals {
  readonly figures: Figures;
  readonly invalidations: number;
}

/** What this process has counted: everything for the platform, a tenant's own figures for its admins. */
export async function cacheStats(admin: Admin, authority: Authority): Promise<CacheStatsReport> {
  const { statistics, cache } = admin;
  const { tiers } = await cache.store.stats();
  const ledger = cache.ledger.report();
  const health = verdict({ enabled: cache.enabled, ledger, standing: cache.ledger.standing(), tiers, diverged: statistics.diverged });

  if (authority.kind === 'tenant') {
    const { id, slug } = authority.tenant;
    const types = statistics.typesOf(id);
    const totals = { figures: Figures.sum(figuresOf(types)), invalidations: statistics.invalidationsOf(id) };
    const uncounted = statistics.countsApart(id) ? '' : '; this tenant is counted together with others, its figures are not known';
    return {
      verdict: health + uncounted,
      since: statistics.since,
      totals,
      ...breakdowns(types),
      byTenant: [{ tenant: slug, ...totals }],
      memory: null,
      redis: null,
      ledger: null,
      comparisons: null,
    };
  }

  const types = statistics.typesOf(null);
  return {
    verdict: health,
    since: statistics.since,
    totals: { figures: Figures.sum(figuresOf(types)), invalidations: statistics.invalidations },
    ...breakdowns(types),
    byTenant: await tenantTotals(admin),
    memory: tiers.find(({ kind }) => kind === 'memory') ?? null,
    redis: tiers.find(({ kind }) => kind === 'redis') ?? null,
    ledger,
    comparisons: { compared: statistics.compared, diverged: statistics.diverged },
  };
}

function breakdowns(types: readonly TypeFigures[]): Pick<CacheStatsReport, 'byLayer' | 'byProfile' | 'byType'> {
  return {
    byLayer: grouped(types, ({ layer }) => layer).map(([{ layer }, figures]) => ({ layer, figures })),
    byProfile: grouped(types, ({ profile }) => profile).map(([{ profile }, figures]) => ({ profile, figures })),
    byType: grouped(types, ({ layer, name }) => `${layer}:${name}`).map(([type, figures]) => ({ ...type, figures })),
  };
}

async function tenantTotals({ statistics, listTenants }: Admin): Promise<CacheStatsReport['byTenant']> {
  // Names come from the database, and figures are wanted most while it is away.
  const slugs = new Map((await listTenants().catch(() => [])).map(({ id, slug }) => [id, slug]));
  return statistics.tenants
    .map((id) => ({
      tenant: slugs.get(id) ?? id,
      figures: Figures.sum(figuresOf(statistics.typesOf(id))),
      invalidations: statistics.invalidationsOf(id),
    }))
    .sort((a, b) => Number(a.tenant === OTHER) - Number(b.tenant === OTHER) || busiest(a.figures, b.figures));
}

/** Sums per group, each with one of its members, the busiest first. */
function grouped(types: readonly TypeFigures[], groupOf: (type: TypeFigures) => string | null): readonly [TypeFigures, Figures][] {
  const groups = new Map<string | null, [TypeFigures, Figures]>();
  for (const type of types) {
    const group = groupOf(type);
    let found = groups.get(group);
    if (found === undefined) groups.set(group, (found = [type, new Figures()]));
    found[1].add(type.figures);
  }
  return [...groups.values()].sort(([, a], [, b]) => busiest(a, b));
}

function figuresOf(types: readonly TypeFigures[]): readonly Figures[] {
  return types.map(({ figures }) => figures);
}

function busiest(a: Figures, b: Figures): number {
  return b.hits + b.misses + b.bypasses - (a.hits + a.misses + a.bypasses);
}
