import type { Ledger, LedgerReport, TierStats } from '../cache/index.js';

/** Above this share of its limit, a store that evicts does so for want of room. */
const FULL = 0.9;

export interface ServerState {
  readonly enabled: boolean;
  readonly ledger: LedgerReport;
  /** How far the node may rely on its copy of the ledger. */
  readonly standing: ReturnType<Ledger['standing']>;
  readonly tiers: readonly TierStats[];
  /** Hits that differed from their source though nothing had invalidated them. */
  readonly diverged?: number;
}

export const HEALTHY = 'healthy';

/** One line for people: `healthy`, or everything that is not and what follows from it. A low hit rate is no illness. */
export function verdict({ enabled, ledger, standing, tiers, diverged = 0 }: ServerState): string {
  const findings: string[] = [];
  if (!enabled) findings.push('cache switched off (CACHE_ENABLED=false): every read is served from the database');
  const instead = tiers.some(({ kind, healthy }) => kind === 'memory' && healthy) ? 'memory or the database' : 'the database';
  for (const tier of tiers) findings.push(...(tier.kind === 'redis' ? ofRedis(tier, instead) : ofMemory(tier)));
  const unreached = ledger.lag < 0 ? 'never reached' : `not reached for ${Math.round(ledger.lag)} ms`;
  if (standing === 'alone') findings.push(`ledger ${unreached}: nothing stored is trusted, reads are served from the database`);
  if (standing === 'synced') findings.push(`database ${unreached}: what is stored is served as stale`);
  if (ledger.pending > 0) {
    findings.push(`${counted(ledger.pending, 'tag')} pending: changed in the database and not in the ledger yet, what depends on them is served from the database`);
  }
  if (diverged > 0) findings.push(`${counted(diverged, 'cached answer')} differed from the source though nothing had invalidated them: the log names the missing tags`);
  return findings.length === 0 ? HEALTHY : findings.join('; ');
}

function ofRedis({ server, healthy }: TierStats, instead: string): string[] {
  if (server === undefined) return [`redis unreachable${healthy ? '' : ' (breaker open)'}: served from ${instead}`];
  if (!healthy) return [`breaker open: redis failed lately and is tried again soon, meanwhile served from ${instead}`];
  if (server.maxMemory !== null && server.maxMemory > 0 && server.evictedKeys > 0 && server.usedMemory >= FULL * server.maxMemory) {
    return [`redis evicting: ${server.usedMemory} of ${server.maxMemory} bytes used, ${counted(server.evictedKeys, 'key')} evicted: raise its maxmemory`];
  }
  return [];
}

function ofMemory({ healthy, bytes, maxBytes, evictions }: TierStats): string[] {
  if (!healthy) return ['memory store failing: served from the database'];
  if (bytes !== null && maxBytes !== null && maxBytes > 0 && evictions !== null && evictions > 0 && bytes >= FULL * maxBytes) {
    return [`memory evicting: ${bytes} of ${maxBytes} bytes used, ${counted(evictions, 'entry', 'entries')} evicted: raise CACHE_MEMORY_BYTES`];
  }
  return [];
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
