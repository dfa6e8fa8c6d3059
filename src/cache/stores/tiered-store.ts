import type { Entry } from '../core/entry.js';
import type { CacheKey } from '../core/key.js';
import type { LookupBudget } from '../core/lookup-budget.js';
import { sealEntry } from '../core/seal.js';
import type { EntryStore, StoreStats, StoreWrite } from '../core/store.js';
import type { Partition } from '../core/tags.js';

/** A store in this process in front of one elsewhere: what is near is not asked for far away. */
export class TieredStore implements EntryStore {
  constructor(
    private readonly near: EntryStore,
    private readonly far: EntryStore,
    /** Milliseconds on the clock that entries' lifetimes are measured on. */
    private readonly now: () => number,
  ) {}

  async getMany(keys: readonly CacheKey[], budget?: LookupBudget): Promise<readonly (Entry | undefined)[]> {
    const near = await this.near.getMany(keys);
    const missing = keys.filter((_, at) => near[at] === undefined);
    if (missing.length === 0) return near;
    const far = await this.far.getMany(missing, budget);
    await this.#bringNear(missing, far);
    let next = 0;
    return near.map((entry) => entry ?? far[next++]);
  }

  async setMany(writes: readonly StoreWrite[]): Promise<void> {
    await Promise.all([this.near.setMany(writes), this.far.setMany(writes)]);
  }

  async deleteMany(keys: readonly CacheKey[]): Promise<void> {
    await Promise.all([this.near.deleteMany(keys), this.far.deleteMany(keys)]);
  }

  async clear(): Promise<void> {
    await Promise.all([this.near.clear(), this.far.clear()]);
  }

  async clearPartition(of: Partition): Promise<void> {
    await Promise.all([this.near.clearPartition(of), this.far.clearPartition(of)]);
  }

  async stats(): Promise<StoreStats> {
    const [near, far] = await Promise.all([this.near.stats(), this.far.stats()]);
    return { tiers: [...near.tiers, ...far.tiers] };
  }

  async close(): Promise<void> {
    await Promise.all([this.near.close(), this.far.close()]);
  }

  async #bringNear(keys: readonly CacheKey[], found: readonly (Entry | undefined)[]): Promise<void> {
    const now = this.now();
    const writes = keys.flatMap((key, at): StoreWrite[] => {
      const entry = found[at];
      if (entry === undefined || entry.staleUntil <= now) return [];
      const bytes = sealEntry(entry);
      return bytes === null ? [] : [{ key, entry, bytes, ttl: Math.ceil(entry.staleUntil - now) }];
    });
    if (writes.length === 0) return;
    // While the far store was asked, a newer entry may have come in here: it stays.
    const newer = await this.near.getMany(writes.map((write) => write.key));
    await this.near.setMany(writes.filter((_, at) => newer[at] === undefined));
  }
}
