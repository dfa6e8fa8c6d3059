import { describe, expect, it } from 'vitest';
import type { LedgerReport, TierStats } from '../cache/index.js';
import { HEALTHY, verdict, type ServerState } from './verdict.js';

const ledger: LedgerReport = { kind: 'redis', epoch: 'e', position: 1, tags: 1, pending: 0, trusted: true, lag: 10 };
const memory: TierStats = { kind: 'memory', healthy: true, entries: 10, bytes: 100, maxBytes: 1000, evictions: 0, timeouts: 0, errors: 0 };
const server = { version: '7.0.15', usedMemory: 100, maxMemory: null, clients: 1, keys: 1, evictedKeys: 0, hits: 0, misses: 0 };
const redis: TierStats = { ...memory, kind: 'redis', maxBytes: null, server };

const { server: _, ...silent } = redis;
const cases: [string, Partial<ServerState>, string][] = [
  ['all is well', {}, HEALTHY],
  ['room is short but nothing was evicted', { tiers: [{ ...memory, bytes: 990 }] }, HEALTHY],
  ['something was evicted and there is room again', { tiers: [{ ...memory, evictions: 5 }] }, HEALTHY],
  ['the cache is switched off', { enabled: false }, 'cache switched off (CACHE_ENABLED=false): every read is served from the database'],
  ['Redis does not answer', { tiers: [silent] }, 'redis unreachable: served from the database'],
  ['Redis does not answer and memory does', { tiers: [memory, { ...silent, healthy: false }] }, 'redis unreachable (breaker open): served from memory or the database'],
  ['the breaker is open', { tiers: [{ ...redis, healthy: false }] }, 'breaker open: redis failed lately and is tried again soon, meanwhile served from the database'],
  [
    'Redis evicts',
    { tiers: [{ ...redis, server: { ...server, usedMemory: 95, maxMemory: 100, evictedKeys: 1 } }] },
    'redis evicting: 95 of 100 bytes used, 1 key evicted: raise its maxmemory',
  ],
  ['memory evicts', { tiers: [{ ...memory, bytes: 950, evictions: 3 }] }, 'memory evicting: 950 of 1000 bytes used, 3 entries evicted: raise CACHE_MEMORY_BYTES'],
  ['the ledger is out of reach', { standing: 'alone', ledger: { ...ledger, trusted: false, lag: 1500.4 } }, 'ledger not reached for 1500 ms: nothing stored is trusted, reads are served from the database'],
  ['the ledger was never reached', { standing: 'alone', ledger: { ...ledger, trusted: false, lag: -1 } }, 'ledger never reached: nothing stored is trusted, reads are served from the database'],
  ['the database is out of reach', { standing: 'synced', ledger: { ...ledger, trusted: false, lag: 1500 } }, 'database not reached for 1500 ms: what is stored is served as stale'],
  [
    'changes are not in the ledger yet',
    { ledger: { ...ledger, pending: 2 } },
    '2 tags pending: changed in the database and not in the ledger yet, what depends on them is served from the database',
  ],
];

describe('the verdict', () => {
  it.each(cases)('when %s', (_case, state, expected) => {
    expect(verdict({ enabled: true, ledger, standing: 'trusted', tiers: [memory, redis], ...state })).toBe(expected);
  });

  it('names everything that is wrong', () => {
    expect(verdict({ enabled: false, ledger: { ...ledger, pending: 1 }, standing: 'trusted', tiers: [silent] }).split('; ')).toHaveLength(3);
  });
});
