import type { CacheFigures, CacheStats } from './cache-stats.type.js';
import { bytes, table } from './table.js';

/** The statistics as they come over the wire. */
export type StatsData = Omit<CacheStats, 'since'> & { readonly since: string };

/** Of types and tenants, so many are shown; `--json` has all. */
const TOP = 20;

/** The statistics for a terminal. */
export function statsText(stats: StatsData): string {
  const { totals, memory, redis, ledger, comparisons } = stats;
  const header = ['', 'hits', 'stale', 'misses', 'hit rate', 'joins', 'loads', 'ms/load', 'sets', 'skips', 'errors'];
  const sections: [string, [string, CacheFigures][]][] = [
    ['layer', stats.byLayer.map((row) => [row.layer.toLowerCase(), row])],
    ['profile', stats.byProfile.map((row) => [row.profile ?? '(none)', row])],
    ['type', stats.byType.slice(0, TOP).map((row) => [`${row.layer.toLowerCase()} ${row.type}`, row])],
    ['tenant', stats.byTenant.slice(0, TOP).map((row) => [row.tenant, row])],
  ];
  const rows = [['all', ...cells(totals)], ...sections.flatMap(([title, of]) => of.map(([name, row]) => [title === 'type' ? name : `${title} ${name}`, ...cells(row)]))];
  const missed = Object.entries(totals.missReasons).filter(([, count]) => count > 0).map(([reason, count]) => `${count} ${reason}`);

  const lines = [stats.verdict, `since ${stats.since}, ${totals.invalidations} tags invalidated`, '', table(header, rows), ''];
  if (missed.length > 0) lines.push(`misses: ${missed.join(', ')}`);
  if (memory !== null) {
    const room = memory.maxBytes === null ? '' : ` of ${bytes(memory.maxBytes)}`;
    lines.push(`memory: ${memory.entries ?? '?'} entries, ${bytes(memory.bytes ?? 0)}${room}, ${memory.evictions ?? 0} evicted`);
  }
  if (redis !== null) lines.push(redisLine(redis));
  if (ledger !== null) {
    const lag = ledger.lag === null ? 'never in step' : `${Math.round(ledger.lag)} ms behind at most`;
    lines.push(`ledger: ${ledger.kind}, ${ledger.epoch}:${ledger.position}, ${ledger.tags} tags, ${ledger.pending} pending, ${lag}`);
  }
  if (comparisons !== null && comparisons.compared > 0) lines.push(`compared with the source: ${comparisons.compared} hits, ${comparisons.diverged} differed`);
  return lines.join('\n').trimEnd();
}

function redisLine(redis: NonNullable<StatsData['redis']>): string {
  if (redis.version === null) return `redis: no answer, ${redis.timeouts} timeouts, ${redis.errors} errors`;
  const room = redis.maxMemory === null ? '' : ` of ${bytes(redis.maxMemory)}`;
  const counts = `${redis.keys ?? '?'} keys, ${redis.evictedKeys ?? 0} evicted, ${redis.hits ?? 0} hits, ${redis.misses ?? 0} misses`;
  return `redis: ${redis.version}, ${bytes(redis.usedMemory ?? 0)}${room}, ${redis.clients ?? '?'} clients, ${counts}`;
}

function cells(of: CacheFigures): string[] {
  const rate = of.hitRate === null ? '-' : `${(100 * of.hitRate).toFixed(1)} %`;
  const load = of.averageLoadMilliseconds === null ? '-' : of.averageLoadMilliseconds.toFixed(1);
  return [of.hits, of.stale, of.misses, rate, of.joins, of.loads, load, of.sets, of.skips, of.errors].map(String);
}
