import type { Entry } from '../core/entry.js';
import type { CacheKey } from '../core/key.js';
import type { Leases } from '../core/lease.js';
import type { LookupBudget } from '../core/lookup-budget.js';
import { sealEntry } from '../core/seal.js';
import type { Asking, EntryStore, StoreStats, StoreWrite } from '../core/store.js';
import type { Partition } from '../core/tags.js';
import { LookupsUnderWay, type Answers, type Found } from './lookups-under-way.js';

/** A store in this process in front of one elsewhere: what is near is not asked for far away. */
export class TieredStore implements EntryStore {
  readonly leases?: Leases;
  readonly inMemory?: () => Iterable<readonly [CacheKey, Entry]>;
  readonly #far = new LookupsUnderWay();

  constructor(
    private readonly near: EntryStore,
    private readonly far: EntryStore,
    /** Milliseconds on the clock that entries' lifetimes are measured on. */
    private readonly now: () => number,
  ) {
    if (far.leases !== undefined) this.leases = far.leases;
    if (near.inMemory !== undefined) this.inMemory = () => near.inMemory?.() ?? [];
  }

  peek(key: CacheKey): Entry | undefined {
    return this.near.peek?.(key);
  }

  likely<Made>(keys: readonly CacheKey[], budget: LookupBudget, use: (found: Found) => Made): Promise<Made> | null {
    // What is near and of no use any more may do where there is nothing better.
    const joined = this.#far.join(keys, budget, (far) => use(far.map((entry, at) => entry ?? this.peek(keys[at] as CacheKey))));
    if (joined !== null || this.far.wereThere?.(keys) !== true || keys.some((key) => this.peek(key) !== undefined)) return joined;
    return this.#far.begin(keys, budget, () => this.#fetch(keys.map((key) => ({ key, before: undefined })), { budget }))?.then(use) ?? null;
  }

  async getMany(keys: readonly CacheKey[], asking: Asking = {}): Promise<readonly (Entry | undefined)[]> {
    const { accepts = () => true } = asking;
    const near = await this.near.getMany(keys);
    const places = [...keys.keys()].filter((at) => near[at] === undefined || !accepts(near[at], at));
    if (places.length === 0) return near;
    const { onLease } = asking;
    const wanted = places.map((at) => ({ key: keys[at] as CacheKey, before: near[at] }));
    const far = await this.#far.ask(
      wanted.map(({ key }) => key),
      onLease === undefined ? asking : { ...asking, onLease: (index) => onLease(places[index] as number) },
      (open, how) => this.#fetch(open.map((at) => wanted[at] as Wanted), how),
    );
    const found = [...near];
    places.forEach((at, index) => (found[at] = far[index] ?? near[at]));
    return found;
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

  async #fetch(wanted: readonly Wanted[], asking: Pick<Asking, 'budget' | 'onLease'>): Answers {
    const found = await this.far.getMany(
      wanted.map(({ key }) => key),
      asking,
    );
    await this.#bringNear(
      wanted.flatMap((each, at) => {
        const entry = found[at];
        return entry === undefined ? [] : [{ ...each, entry }];
      }),
    );
    return found;
  }

  async #bringNear(arrived: readonly Arrived[]): Promise<void> {
    const now = this.now();
    const writes = arrived.flatMap(({ key, entry, before }): (StoreWrite & Pick<Arrived, 'before'>)[] => {
      if (entry.staleUntil <= now) return [];
      const bytes = sealEntry(entry);
      return bytes === null ? [] : [{ key, entry, bytes, before, ttl: Math.ceil(entry.staleUntil - now) }];
    });
    if (writes.length === 0) return;
    // While the far store was asked, a newer entry may have come in here: it stays.
    const here = await this.near.getMany(writes.map((write) => write.key));
    await this.near.setMany(writes.filter(({ before }, at) => here[at] === before));
  }
}

/** What is asked for afar, and what is here in its place. */
interface Wanted {
  readonly key: CacheKey;
  readonly before: Entry | undefined;
}

interface Arrived extends Wanted {
  readonly entry: Entry;
}
