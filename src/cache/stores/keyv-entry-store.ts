import type { Entry } from '../core/entry.js';
import type { CacheKey } from '../core/key.js';
import type { Leases } from '../core/lease.js';
import type { LookupBudget } from '../core/lookup-budget.js';
import type { Asking, EntryStore, StoreStats, StoreWrite, TierStats } from '../core/store.js';
import type { Partition } from '../core/tags.js';
import type { EntryCodec } from './entry-codec.js';
import { DEFAULT_MAX_ENTRY_BYTES } from './memory-store.js';

/** A Keyv store that takes many keys in one go. `GuardedStore` makes one of any. */
export interface BatchStore {
  getMany(keys: readonly string[], budget?: LookupBudget): Promise<readonly unknown[]>;
  setMany(values: { key: string; value: unknown; ttl: number; bytes: number }[]): Promise<void>;
  deleteMany(keys: readonly string[]): Promise<boolean>;
  clear(): Promise<void>;
  clearPartition(partition: string): Promise<void>;
}

/** Leases that can be asked for together with what they are for: one answer per key. */
export interface LookUpLeases extends Leases {
  lookUp(keys: readonly CacheKey[], asking: Pick<Asking, 'budget'> & Required<Pick<Asking, 'onLease'>>): Promise<readonly unknown[]>;
}

export interface KeyvEntryStoreOptions {
  /** For a store in this process: what it has under a key, at once. */
  readonly peek?: (key: CacheKey) => Entry | undefined;
  /** For a store in this process: all its keys and values. */
  readonly contents?: () => Iterable<readonly [string, unknown]>;
  readonly store: BatchStore;
  readonly leases?: LookUpLeases;
  readonly codec: EntryCodec;
  readonly maxEntryBytes?: number;
  readonly stats: () => TierStats | Promise<TierStats>;
  readonly close?: () => Promise<void>;
}

/** Beyond this nobody needs an entry, and Redis refuses times that are not whole numbers (C4). */
const MAX_TTL = 30 * 24 * 60 * 60 * 1000;

/** So many keys are remembered as having been there: some megabytes (C4). */
const MAX_FOUND = 10_000;

/** Entries in a Keyv store: in this process as they are, elsewhere as bytes. What cannot be read is a miss. */
export class KeyvEntryStore implements EntryStore {
  readonly peek?: (key: CacheKey) => Entry | undefined;
  readonly inMemory?: () => Iterable<readonly [CacheKey, Entry]>;
  readonly leases?: Leases;
  /**
   * What was there when it was last looked for: most likely it still is, and its lease is not asked for, which takes a script. If it
   * is not, the lease is asked for apart.
   */
  readonly #found = new Set<CacheKey>();
  #unreadable = 0;

  constructor(private readonly options: KeyvEntryStoreOptions) {
    const { contents } = options;
    if (options.peek !== undefined) this.peek = options.peek;
    if (contents !== undefined) this.inMemory = () => entriesOf(contents());
    if (options.leases !== undefined) this.leases = options.leases;
  }

  wereThere(keys: readonly CacheKey[]): boolean {
    for (const key of keys) if (!this.#found.has(key)) return false;
    return true;
  }

  async getMany(keys: readonly CacheKey[], { budget, onLease }: Asking = {}): Promise<readonly (Entry | undefined)[]> {
    const { store, codec, leases } = this.options;
    const asksForLeases = onLease !== undefined && leases !== undefined && !this.wereThere(keys);
    const found = await (asksForLeases ? leases.lookUp(keys, { budget, onLease }) : store.getMany(keys, budget));
    return keys.map((key, at) => {
      const stored = found[at];
      const isThere = stored !== undefined && stored !== null;
      if (leases !== undefined) this.#note(key, isThere);
      if (!isThere) return undefined;
      const entry = codec.decode(stored);
      if (entry === undefined) this.#unreadable++;
      return entry;
    });
  }

  async setMany(writes: readonly StoreWrite[]): Promise<void> {
    const { store, codec, maxEntryBytes = DEFAULT_MAX_ENTRY_BYTES } = this.options;
    const values = writes.flatMap(({ key, entry, bytes, ttl }) => {
      // An entry that was there before is left: it is judged like every other.
      if (bytes > maxEntryBytes) return [];
      return [{ key, value: codec.encode(entry), ttl: Math.min(Math.max(1, Math.ceil(ttl)), MAX_TTL), bytes }];
    });
    if (values.length > 0) await store.setMany(values);
  }

  async deleteMany(keys: readonly CacheKey[]): Promise<void> {
    if (keys.length > 0) await this.options.store.deleteMany(keys);
  }

  clear(): Promise<void> {
    return this.options.store.clear();
  }

  clearPartition(of: Partition): Promise<void> {
    return this.options.store.clearPartition(of);
  }

  async stats(): Promise<StoreStats> {
    const tier = await this.options.stats();
    return { tiers: [{ ...tier, errors: tier.errors + this.#unreadable }] };
  }

  #note(key: CacheKey, isThere: boolean): void {
    if (!isThere) {
      this.#found.delete(key);
    } else if (!this.#found.has(key)) {
      if (this.#found.size >= MAX_FOUND) this.#found.clear();
      this.#found.add(key);
    }
  }

  async close(): Promise<void> {
    await this.options.close?.();
  }
}

/** Only entries: the same store also holds the texts of persisted queries. */
function* entriesOf(contents: Iterable<readonly [string, unknown]>): Iterable<readonly [CacheKey, Entry]> {
  for (const [key, value] of contents) if (typeof value === 'object' && value !== null && 'tags' in value) yield [key as CacheKey, value as Entry];
}
