import { describe, expect, it } from 'vitest';
import { GLOBAL, partition, tags, type CacheEvent, type CacheKey, type Identity, type Layer } from '../cache/index.js';
import { CacheStatistics, MAX_TYPES_PER_TENANT, OTHER } from './cache-statistics.js';
import { Figures } from './figures.js';

const clock = { now: () => 1_700_000_000_000 };

function of(tenant: string, name = 'medicine', { layer = 'entity', profile }: { layer?: Layer; profile?: string } = {}): Identity {
  return {
    key: `larder:${tenant}:${layer}:${name}:hash` as CacheKey,
    subject: { layer, name, version: '1', ...(profile === undefined ? {} : { profile }) },
    partition: partition(tenant),
    implied: [],
  };
}

function counted(events: readonly CacheEvent[], maxTenants?: number): CacheStatistics {
  const statistics = new CacheStatistics(clock, maxTenants);
  for (const event of events) statistics.listener(event);
  return statistics;
}

const hit = (identity: Identity): CacheEvent => ({ type: 'hit', of: identity, freshness: 'fresh', age: 1 });
const sum = (statistics: CacheStatistics, tenant: string | null): Figures => Figures.sum(statistics.typesOf(tenant).map(({ figures }) => figures));

describe('cache statistics', () => {
  it('counts every kind of event', () => {
    const a = of('a');
    const statistics = counted([
      hit(a),
      hit(a),
      hit(a),
      { type: 'hit', of: a, freshness: 'stale', age: 9 },
      { type: 'miss', of: a, reason: 'invalidated' },
      { type: 'join', of: a },
      { type: 'bypass', of: a, reason: 'never stored' },
      { type: 'load', of: a, milliseconds: 4 },
      { type: 'load', of: a, milliseconds: 2 },
      { type: 'store', of: a, maxAge: 1000 },
      { type: 'skip', of: a, reason: 'alone' },
      { type: 'error', of: a, error: new Error('away') },
    ]);
    expect(sum(statistics, 'a')).toMatchObject({ hits: 3, stale: 1, misses: 1, joins: 1, bypasses: 1, loads: 2, sets: 1, skips: 1, errors: 1 });
    expect(sum(statistics, 'a').missReasons).toEqual({ absent: 0, expired: 0, invalidated: 1, epoch: 0, trimmed: 0, pending: 0, alone: 0 });
    expect(sum(statistics, 'a').hitRate).toBe(0.75);
    expect(sum(statistics, 'a').averageLoadMilliseconds).toBe(3);
    expect(statistics.since).toEqual(new Date(clock.now()));
  });

  it('has no rates before there is anything to divide by', () => {
    expect(new Figures().hitRate).toBeNull();
    expect(new Figures().averageLoadMilliseconds).toBeNull();
  });

  it('keeps tenants, layers and names apart', () => {
    const statistics = counted([hit(of('a')), hit(of('a', 'medicine', { layer: 'list' })), hit(of('b')), hit(of('b')), hit(of('b', 'Query.medicines', { layer: 'field', profile: 'list' }))]);
    expect(sum(statistics, 'a').hits).toBe(2);
    expect(sum(statistics, 'b').hits).toBe(3);
    expect(sum(statistics, null).hits).toBe(5);
    expect(statistics.typesOf('b').map(({ layer, name, profile }) => [layer, name, profile])).toEqual([
      ['entity', 'medicine', null],
      ['field', 'Query.medicines', 'list'],
    ]);
    expect(statistics.typesOf('nobody')).toEqual([]);
  });

  it('counts invalidated tags, each for its partition', () => {
    const result = { epoch: 'e', position: 7, replaced: new Map() };
    const a = partition('a');
    const statistics = counted([
      { type: 'invalidate', tags: [tags.table(a, 'medicines'), tags.row(a, 'medicines', '7'), tags.predicate(a, 'medicines', { name: 'A*b?' })], result },
      { type: 'invalidate', tags: [tags.table(GLOBAL, 'products'), tags.field(null, 'Query.medicines'), tags.partition(a)], result },
      { type: 'invalidate-failed', tags: [tags.partition(a)], error: new Error('away') },
    ]);
    expect(statistics.invalidations).toBe(6);
    expect(statistics.invalidationsOf('a')).toBe(4);
    expect(statistics.invalidationsOf(GLOBAL)).toBe(1);
    expect(statistics.invalidationsFailed).toBe(1);
  });

  it('sums tenants beyond its bound under one name, the global partition never', () => {
    const statistics = counted([hit(of('a')), hit(of('b')), hit(of('c')), hit(of('d')), hit(of('global'))], 3);
    expect(statistics.tenants).toEqual([GLOBAL, 'a', 'b', OTHER]);
    expect(sum(statistics, OTHER).hits).toBe(2);
    expect(sum(statistics, GLOBAL).hits).toBe(1);
    expect(statistics.countsApart('a')).toBe(true);
    expect(statistics.countsApart('c')).toBe(false);
  });

  it('sums names beyond its bound under one name', () => {
    const names = Array.from({ length: MAX_TYPES_PER_TENANT + 5 }, (_, index) => `value${index}`);
    const statistics = counted(names.map((name) => hit(of('a', name, { layer: 'value' }))));
    expect(statistics.typesOf('a')).toHaveLength(MAX_TYPES_PER_TENANT + 1);
    expect(statistics.typesOf('a').find(({ name }) => name === OTHER)?.figures.hits).toBe(5);
  });
});
