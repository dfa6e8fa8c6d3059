import { systemClock, type Clock } from '../../lib/clock.js';
import { silentLogger, type Logger } from '../../lib/logger.js';
import { Cache } from '../core/cache.js';
import { LateInvalidations } from '../core/late-invalidations.js';
import type { Ledger } from '../core/ledger.js';
import { NOTHING, type Without } from '../core/mechanisms.js';
import { parseTags, type Tag } from '../core/tags.js';
import { ledgerConnection } from './ledger-connection.js';
import { MemoryLedger } from './memory-ledger.js';
import { openStores, type Stores } from './open-stores.js';
import type { RedisOptions } from './redis-client.js';
import { RedisLedger } from './redis-ledger.js';

export interface CreateCacheOptions {
  /**
   * Where Redis is (`redis://host:6379/0`), for all processes that answer from the same data. Without it everything stays in
   * this process, which then has to be the only one that writes.
   */
  readonly redis?: string | RedisOptions | null;
  /** Bound of what this process keeps; 0 with Redis: nothing. Default 64 MiB. */
  readonly memoryBytes?: number;
  /** What is larger is answered and not stored. Default 1 MiB. */
  readonly maxEntryBytes?: number;
  /** How long one request may wait for Redis, over all its look-ups, in milliseconds. Default 50. */
  readonly deadlineMs?: number;
  /** First part of every key in Redis. Default `larder`. */
  readonly prefix?: string;
  /** Names the data that are cached: what was stored of others is never read. Default `data`. */
  readonly databaseId?: string;
  /** False: nothing is read or stored; what is written is made invalid all the same, since other processes may cache. */
  readonly enabled?: boolean;
  /** Whether an error of a resolver means that its source is failing: then what is in its grace may be served. Default: none does. */
  readonly isSourceFailure?: (error: unknown) => boolean;
  /**
   * Whether loaders ask their source once for what several requests are missing in the same turn of the event loop. Default true.
   * What a loader's query finds must depend on its partition and its keys alone, as it has to for being cached.
   */
  readonly gathersLoads?: boolean;
  /** Where it says what is wrong. Default: nowhere. */
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Whether somebody polls for changes that were committed and not applied, and tells the ledger so. Default false. */
  readonly needsPolls?: boolean;
  /**
   * By how much lifetimes differ, at most, as a share from 0 to 1: what a deployment or a purge made everybody load at once must
   * not end at once. Default 0.05.
   */
  readonly jitter?: number;
  /** How many tags the ledger remembers. */
  readonly ledgerMaxTags?: number | undefined;
  /** For tests of the mechanisms alone. */
  readonly without?: Without;
}

/** Result of an invalidation. */
export interface Invalidated {
  /** `pending`: Redis gave no answer. The node retries, and until Redis answers it serves nothing that depends on the tags. */
  readonly state: 'applied' | 'pending';
  /** How many different tags were given. */
  readonly tags: number;
}

/** A cache with its stores and its ledger: what one process needs, once. */
export interface CreatedCache {
  readonly core: Cache;
  readonly stores: Stores;
  /**
   * To be called after a write was committed, and before it is answered: what depends on the tags is never served again, on
   * this node when it resolves, on the others within a second.
   *
   * @throws CacheError CACHE_TAG_INVALID for what is no list of tags.
   */
  invalidate(tags: readonly Tag[]): Promise<Invalidated>;
  /** Ends what is under way, then closes connections. */
  close(): Promise<void>;
}

const MIB = 1024 * 1024;

/** Bound of one call of the ledger's script; above it an invalidation is pending. */
const LEDGER_DEADLINE_MS = 500;

/** Opens stores and ledger, and puts the cache in front of them. Resolves also while Redis is away. */
export async function createCache(options: CreateCacheOptions = {}): Promise<CreatedCache> {
  const { prefix = 'larder', databaseId = 'data', enabled = true, logger = silentLogger, clock = systemClock, without = NOTHING, jitter = 0.05 } = options;
  // Before there is a ledger, nothing is stored whose time could be over.
  const lifetimes: { clock: Clock } = { clock };
  const stores = await openStores({
    redis: typeof options.redis === 'string' ? { kind: 'single', url: options.redis } : (options.redis ?? null),
    memoryBytes: options.memoryBytes ?? 64 * MIB,
    ...(options.maxEntryBytes === undefined ? {} : { maxEntryBytes: options.maxEntryBytes }),
    ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
    prefix,
    clock,
    now: () => lifetimes.clock.now(),
    logger,
  });
  const ledger = await openLedger(stores, { ...options, prefix, databaseId, logger, clock, without });
  lifetimes.clock = ledger;
  const core = new Cache({
    lifetimeShare: () => 1 - jitter * Math.random(),
    store: stores.store,
    ledger,
    prefix,
    databaseId,
    enabled,
    isSourceFailure: options.isSourceFailure ?? (() => false),
    ...(options.gathersLoads === false ? {} : { endOfTurn: (work) => void setImmediate(work) }),
    onBackgroundError: (error) => logger.warn({ err: error }, 'something in the background failed'),
    without,
  });
  const late = new LateInvalidations(core, { onError: (error) => logger.error({ err: error }, 'an invalidation was given up') });
  return {
    core,
    stores,
    invalidate: async (tags) => {
      const distinct = [...new Set(parseTags(tags))];
      return { state: await late.invalidate(distinct), tags: distinct.length };
    },
    close: async () => {
      const lost = await late.close();
      if (lost > 0) logger.error({ lost }, 'closed before the ledger took all invalidations: other processes may serve what they concern');
      await core.drain();
      await core.ledger.close();
      await stores.close();
    },
  };
}

type LedgerOptions = CreateCacheOptions & Required<Pick<CreateCacheOptions, 'prefix' | 'databaseId' | 'logger' | 'clock' | 'without'>>;

async function openLedger({ redis }: Stores, options: LedgerOptions): Promise<Ledger> {
  const { prefix, databaseId, clock, logger, without, needsPolls = false, ledgerMaxTags: maxTags } = options;
  const bound = maxTags === undefined ? {} : { maxTags };
  if (redis === null) return new MemoryLedger({ clock, ...bound, needsPolls, without });
  const connection = ledgerConnection(redis, logger);
  const ledger = new RedisLedger({ connection, prefix, databaseId, clock, deadlineMs: LEDGER_DEADLINE_MS, ...bound, needsPolls, logger, without });
  await ledger.start();
  return ledger;
}
