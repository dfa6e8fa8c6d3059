import type { Entry } from './entry.js';
import type { CacheKey } from './key.js';
import type { Leases } from './lease.js';
import type { LookupBudget } from './lookup-budget.js';
import type { Partition } from './tags.js';

export interface StoreWrite {
  readonly key: CacheKey;
  /** Sealed: frozen at every depth, since a store may keep the object itself. */
  readonly entry: Entry;
  /** What it occupies in memory, as estimated by `sealEntry`. */
  readonly bytes: number;
  /** Milliseconds until the store may forget it: room, not validity. A whole number above 0. */
  readonly ttl: number;
}

export interface Asking {
  readonly budget?: LookupBudget;
  readonly accepts?: (entry: Entry, at: number) => boolean;
  /** What has been stored until now must be found: a look-up that is under way will not do. */
  readonly anew?: boolean;
  /**
   * With it, the leases of what is missing are asked for in the same round trip. Called for each of those that this process got:
   * whoever loads it keeps the lease and ends it, and who does not, ends it at once.
   */
  readonly onLease?: (at: number) => void;
}

/**
 * Where entries are kept. A store may forget anything at any time; it never decides about validity.
 * An outage is a miss: no method rejects, and none takes longer than its deadline (D1).
 */
export interface EntryStore {
  /**
   * One answer per key, in order; at most one network round trip.
   * @param asking.budget the request's: what it has waited for earlier look-ups is deducted from this one's deadline.
   * @param asking.accepts whether an entry found near by will do; if not, one that is farther away may be newer.
   */
  getMany(keys: readonly CacheKey[], asking?: Asking): Promise<readonly (Entry | undefined)[]>;
  /**
   * For what is most likely there: all of it is being looked up elsewhere at this moment, or was there the last time. What becomes of
   * what is found, made by `use`; no lease comes with what is not. Null for all else, and for who has waited for a look-up before.
   * Absent in stores of which nothing is far away.
   */
  likely?<Made>(keys: readonly CacheKey[], budget: LookupBudget, use: (found: readonly (Entry | undefined)[]) => Made): Promise<Made> | null;
  /** Whether all of it was there when it was last looked for. Absent in stores that do not remember. */
  wereThere?(keys: readonly CacheKey[]): boolean;
  /** Where several processes share the store: who of them loads what is missing. */
  readonly leases?: Leases;
  /** What is in this process, at once; undefined for what is not, or not known to be. Absent in stores that are all elsewhere. */
  peek?(key: CacheKey): Entry | undefined;
  /**
   * Iterates over the entries in this process without expired ones; does not mark them as used. Absent in stores without a
   * memory tier.
   */
  inMemory?(): Iterable<readonly [CacheKey, Entry]>;
  /** At most one network round trip. */
  setMany(writes: readonly StoreWrite[]): Promise<void>;
  deleteMany(keys: readonly CacheKey[]): Promise<void>;
  /** Forgets every entry under this store's prefix, and nobody else's. */
  clear(): Promise<void>;
  /** Forgets every entry of one partition: for one that is gone, whose bytes are to go, too. Walks through all keys. */
  clearPartition(of: Partition): Promise<void>;
  stats(): Promise<StoreStats>;
  close(): Promise<void>;
}

export interface StoreStats {
  readonly tiers: readonly TierStats[];
}

export interface TierStats {
  readonly kind: 'memory' | 'redis';
  /** False while the store is given no requests because it failed lately. */
  readonly healthy: boolean;
  readonly entries: number | null;
  readonly bytes: number | null;
  readonly maxBytes: number | null;
  readonly evictions: number | null;
  readonly timeouts: number;
  readonly errors: number;
  /** From the server itself; absent in memory. */
  readonly server?: {
    readonly version: string;
    readonly usedMemory: number;
    readonly maxMemory: number | null;
    readonly clients: number;
    /** In all its databases, others' among them. */
    readonly keys: number;
    readonly evictedKeys: number;
    readonly hits: number;
    readonly misses: number;
  };
}
