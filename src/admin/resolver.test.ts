import { graphql, type GraphQLSchema } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { partition, type CacheKey, type Identity, type LedgerReport, type StoreStats, type Tag } from '../cache/index.js';
import { PredicateForms } from '../cache/entity/predicate-forms.js';
import type { AuditedPlace } from '../cache/graphql/index.js';
import { authorizeFields } from '../graphql/authorize.js';
import { buildSchema } from '../graphql/build-schema.js';
import { suffices, type Role } from '../graphql/roles.js';
import { anonymous, type Viewer } from '../graphql/viewer.js';
import type { Admin } from './admin.js';
import { CacheStatistics } from './cache-statistics.js';
import { createAdminResolver } from './resolver.js';

const downtown = { id: 'id-of-downtown', slug: 'downtown' };
const riverside = { id: 'id-of-riverside', slug: 'riverside' };

const ledger: LedgerReport = { kind: 'memory', epoch: 'e', position: 5_000_000_000, tags: 3, pending: 0, trusted: true, lag: -1 };
const store: StoreStats = {
  tiers: [
    { kind: 'memory', healthy: true, entries: 3, bytes: 3_000_000_000, maxBytes: 4_000_000_000, evictions: 0, timeouts: 0, errors: 0 },
    {
      kind: 'redis',
      healthy: true,
      entries: 9,
      bytes: null,
      maxBytes: null,
      evictions: null,
      timeouts: 1,
      errors: 2,
      server: { version: '7.0.15', usedMemory: 10, maxMemory: null, clients: 2, keys: 9, evictedKeys: 0, hits: 4, misses: 5 },
    },
  ],
};

interface World {
  readonly admin: Admin;
  readonly purged: Tag[];
}

function makeWorld(): World {
  const purged: Tag[] = [];
  const statistics = new CacheStatistics({ now: () => 0 });
  const identity = (of: string, name: string): Identity => ({
    key: '' as CacheKey,
    subject: { layer: 'entity', name, version: '1', profile: 'detail' },
    partition: partition(of),
    implied: [],
  });
  for (const of of [downtown.id, riverside.id, riverside.id]) statistics.listener({ type: 'hit', of: identity(of, 'medicine'), freshness: 'fresh', age: 0 });
  statistics.listener({ type: 'miss', of: identity(riverside.id, 'category'), reason: 'absent' });
  const unused = (): never => {
    throw new Error('not used here');
  };
  const admin: Admin = {
    cache: {
      enabled: true,
      ledger: { report: () => ledger, standing: () => 'trusted' } as Admin['cache']['ledger'],
      store: { stats: () => Promise.resolve(store), getMany: unused, setMany: unused, deleteMany: unused, clear: unused, clearPartition: unused, close: unused },
    },
    applyPurge: (tags) => {
      purged.push(...tags);
      return Promise.resolve({ epoch: 'e', position: 8, replaced: new Map() });
    },
    statistics,
    keyPrefix: 'larder',
    types: { Medicine: { table: 'medicines', partition: 'own' } },
    tables: new Map([['medicines', { name: 'medicines', partition: 'own', key: 'id', uuids: new Set<string>() }]]),
    forms: new PredicateForms(),
    readRow: () => Promise.resolve(null),
    profiles: ['list'],
    audit: { places: [audited], notes: ['Query.b: never stored.'], contradictions: [] },
    listTenants: () => Promise.resolve([downtown, riverside]),
  };
  return { admin, purged };
}

const audited: AuditedPlace = {
  kind: 'entity',
  name: 'medicine',
  maxAge: 300_000,
  staleWhileRevalidate: 60_000,
  scope: 'PUBLIC',
  shared: false,
  profile: 'detail',
  tags: ['t/<tenant>/medicines/<id>'],
  tables: ['medicines'],
  invalidatedBy: ['createMedicine'],
};

let world: World;
let schema: GraphQLSchema;

beforeAll(async () => {
  schema = await buildSchema([createAdminResolver(() => world.admin)]);
  authorizeFields(schema);
});

const viewer = (role: 'STAFF' | 'TENANT_ADMIN' | 'PLATFORM_ADMIN' | null): Viewer =>
  role === null ? anonymous : { kind: 'user', userId: 'u', sessionId: 's', email: 'e', name: 'n', role };

function asking(who: Viewer) {
  return { viewer: who, isSignedIn: who.kind !== 'anonymous', mayDo: (required: Role) => suffices(who.role, required) };
}

async function run(who: Viewer, source: string, options: { readonly tenant?: typeof downtown | null; readonly variables?: Record<string, unknown> } = {}) {
  world = makeWorld();
  let renewed = 0;
  const contextValue = { ...asking(who), tenantOrNull: options.tenant === undefined ? downtown : options.tenant, reader: { request: { renew: () => renewed++ } } };
  const { data, errors } = await graphql({ schema, source, contextValue, ...(options.variables === undefined ? {} : { variableValues: options.variables }) });
  return { data: JSON.parse(JSON.stringify(data ?? null)) as Record<string, unknown> | null, codes: errors?.map(({ extensions }) => extensions['code']), errors, renewed };
}

const STATS = `{ cacheStats {
  verdict since totals { hits misses hitRate invalidations missReasons { absent } } byLayer { layer hits } byProfile { profile hits } byType { type layer profile hits }
  byTenant { tenant hits invalidations } memory { entries bytes } redis { healthy version keys maxMemory timeouts errors } ledger { kind position lag }
} }`;

it('cacheAudit tells administrators what is cached how, in seconds', async () => {
  const source = '{ cacheAudit { places { kind name maxAge staleWhileRevalidate scope shared profile tags tables invalidatedBy } notes } }';
  const { data } = await run(viewer('TENANT_ADMIN'), source);
  expect(data).toEqual({ cacheAudit: { places: [{ ...audited, kind: 'ENTITY', maxAge: 300, staleWhileRevalidate: 60 }], notes: ['Query.b: never stored.'] } });
  expect((await run(viewer('STAFF'), source)).codes).toEqual(['FORBIDDEN']);
});

describe('cacheStats', () => {
  it('shows a platform admin everything', async () => {
    const { data, errors } = await run(viewer('PLATFORM_ADMIN'), STATS, { tenant: null });
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      cacheStats: {
        verdict: 'healthy',
        since: '1970-01-01T00:00:00.000Z',
        totals: { hits: 3, misses: 1, hitRate: 0.75, invalidations: 0, missReasons: { absent: 1 } },
        byLayer: [{ layer: 'ENTITY', hits: 3 }],
        byProfile: [{ profile: 'detail', hits: 3 }],
        byType: [
          { type: 'medicine', layer: 'ENTITY', profile: 'detail', hits: 3 },
          { type: 'category', layer: 'ENTITY', profile: 'detail', hits: 0 },
        ],
        byTenant: [
          { tenant: 'riverside', hits: 2, invalidations: 0 },
          { tenant: 'downtown', hits: 1, invalidations: 0 },
          { tenant: 'global', hits: 0, invalidations: 0 },
        ],
        memory: { entries: 3, bytes: 3_000_000_000 },
        redis: { healthy: true, version: '7.0.15', keys: 9, maxMemory: null, timeouts: 1, errors: 2 },
        ledger: { kind: 'memory', position: 5_000_000_000, lag: null },
      },
    });
  });

  it('shows a tenant admin the own tenant and nothing of the server', async () => {
    const { data, errors } = await run(viewer('TENANT_ADMIN'), STATS);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      cacheStats: {
        verdict: 'healthy',
        since: '1970-01-01T00:00:00.000Z',
        totals: { hits: 1, misses: 0, hitRate: 1, invalidations: 0, missReasons: { absent: 0 } },
        byLayer: [{ layer: 'ENTITY', hits: 1 }],
        byProfile: [{ profile: 'detail', hits: 1 }],
        byType: [{ type: 'medicine', layer: 'ENTITY', profile: 'detail', hits: 1 }],
        byTenant: [{ tenant: 'downtown', hits: 1, invalidations: 0 }],
        memory: null,
        redis: null,
        ledger: null,
      },
    });
    expect(JSON.stringify(data)).not.toMatch(/riverside|category|7\.0\.15/);
  });

  it('works while the names of tenants cannot be read', async () => {
    const { admin } = makeWorld();
    const away: Admin = { ...admin, listTenants: () => Promise.reject(new Error('away')) };
    const built = await buildSchema([createAdminResolver(() => away)]);
    const contextValue = { ...asking(viewer('PLATFORM_ADMIN')), tenantOrNull: null };
    const { data } = await graphql({ schema: built, source: '{ cacheStats { byTenant { tenant } } }', contextValue });
    expect(JSON.stringify(data)).toContain(riverside.id);
  });
});

const PURGE = 'mutation ($input: CachePurgeInput!) { cachePurge(input: $input) { tags tables left reached { entries examined } position } }';

describe('cachePurge', () => {
  it('invalidates, says what and where, and lets the rest of the operation see it', async () => {
    const { data, errors, renewed } = await run(viewer('TENANT_ADMIN'), PURGE, { variables: { input: { entity: { type: 'Medicine', id: '7' } } } });
    expect(errors).toBeUndefined();
    const expected = ['t/id-of-downtown/medicines', 't/id-of-downtown/medicines/7'];
    expect(data).toEqual({ cachePurge: { tags: expected, tables: [], left: [], reached: null, position: 'e:8' } });
    expect(world.purged).toEqual(expected);
    expect(renewed).toBe(1);
  });

  it('invalidates nothing beyond the tenant of its admin', async () => {
    expect((await run(viewer('TENANT_ADMIN'), PURGE, { variables: { input: { tenant: 'riverside' } } })).codes).toEqual(['FORBIDDEN']);
    expect(world.purged).toEqual([]);
    await run(viewer('TENANT_ADMIN'), PURGE, { variables: { input: { everything: true } } });
    expect(world.purged).toEqual(['t/id-of-downtown']);
  });

  it('says so when the ledger does not answer', async () => {
    const { admin } = makeWorld();
    const away: Admin = { ...admin, applyPurge: () => Promise.resolve(null) };
    const built = await buildSchema([createAdminResolver(() => away)]);
    const contextValue = { ...asking(viewer('PLATFORM_ADMIN')), tenantOrNull: null };
    Object.assign(contextValue, { reader: { request: { renew: () => undefined } } });
    const { data } = await graphql({ schema: built, source: 'mutation { cachePurge(input: { everything: true }) { tags position } }', contextValue });
    expect(data).toEqual({ cachePurge: { tags: ['t'], position: 'bypass' } });
  });
});

describe('who may administrate', () => {
  const purgeAll = 'mutation { cachePurge(input: { everything: true }) { tags } }';

  it.each([
    [null, 'UNAUTHENTICATED'],
    ['STAFF' as const, 'FORBIDDEN'],
  ])('not the role %s', async (role, code) => {
    for (const source of [STATS, purgeAll]) expect((await run(viewer(role), source)).codes).toEqual([code]);
    expect(world.purged).toEqual([]);
  });

  it('not the admin of a tenant that the request does not name', async () => {
    expect((await run(viewer('TENANT_ADMIN'), purgeAll, { tenant: null })).codes).toEqual(['FORBIDDEN']);
  });
});
