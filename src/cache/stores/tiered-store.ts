import type { Entry } from '../core/entry.js';
import type { CacheKey } from '../core/key.js';
import type { Leases } from '../core/lease.js';
import { sealEntry } from '../core/seal.js';
import type { Asking, EntryStore, StoreStats, StoreWrite } from '../core/store.js';
import type { Partition } from '../core/tags.js';

/** A store in this process in front of one elsewhere: what is near is not asked for far away. */
export class TieredStore implements EntryStore {
  readonly leases?: Leases;
  /** Look-ups far away that are under way. */
  readonly #asked = new Map<CacheKey, { readonly answers: Answers; readonly at: number }>();

  constructor(
    private readonly near: EntryStore,
    private readonly far: EntryStore,
    /** Milliseconds on the clock that entries' lifetimes are measured on. */
    private readonly now: () => number,
  ) {
    if (far.leases !== undefined) this.leases = far.leases;
  }

  peek(key: CacheKey): Entry | undefined {
    return this.near.peek?.(key);
  }

  async getMany(keys: readonly CacheKey[], asking: Asking = {}): Promise<readonly (Entry | undefined)[]> {
    const { accepts = () => true } = asking;
    const near = await this.near.getMany(keys);
    const places = [...keys.keys()].filter((at) => near[at] === undefined || !accepts(near[at], at));
    if (places.length === 0) return near;
    const { onLease } = asking;
    const far = await this.#askFar(
      places.map((at) => ({ key: keys[at] as CacheKey, before: near[at] })),
      onLease === undefined ? asking : { ...asking, onLease: (index) => onLease(places[index] as number) },
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

  /**
   * What many ask for at the same moment is asked for once: a look-up that is under way says what any entry says, which whoever
   * waits for it judges by its own copy of the ledger. Not joined by who needs to know what has come since, and not by who has
   * waited before: its deadline is nearer.
   */
  async #askFar(wanted: readonly Wanted[], asking: Asking): Promise<readonly (Entry | undefined)[]> {
    const { budget, anew = false, onLease } = asking;
    const mayJoin = !anew && (budget === undefined || budget.spent === 0);
    const underWay = wanted.map(({ key }) => (mayJoin ? this.#asked.get(key) : undefined));
    const places = [...wanted.keys()].filter((at) => underWay[at] === undefined);
    const own = places.map((at) => wanted[at] as Wanted);
    const answers = own.length === 0 ? NOTHING_ASKED : this.#fetch(own, onLease === undefined ? { budget } : { budget, onLease: (index) => onLease(places[index] as number) });
    if (own.length > 0 && mayJoin) this.#announce(own, answers);
    if (own.length === wanted.length) return answers;
    budget?.enter();
    const joined = await Promise.all(underWay.map(async (look) => (look === undefined ? undefined : (await look.answers)[look.at])));
    budget?.leave();
    const found = await answers;
    let next = 0;
    return underWay.map((look, at) => (look === undefined ? found[next++] : joined[at]));
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

  #announce(wanted: readonly Wanted[], answers: Answers): void {
    wanted.forEach(({ key }, at) => this.#asked.set(key, { answers, at }));
    void answers.finally(() => {
      for (const { key } of wanted) this.#asked.delete(key);
    });
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

type Answers = Promise<readonly (Entry | undefined)[]>;

const NOTHING_ASKED: Answers = Promise.resolve([]);

/** What is asked for afar, and what is here in its place. */
interface Wanted {
  readonly key: CacheKey;
  readonly before: Entry | undefined;
}

interface Arrived extends Wanted {
  readonly entry: Entry;
}
