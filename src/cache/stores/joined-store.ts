import type { Entry } from '../core/entry.js';
import type { CacheKey } from '../core/key.js';
import type { LookupBudget } from '../core/lookup-budget.js';
import { sealEntry } from '../core/seal.js';
import type { Asking } from '../core/store.js';
import { KeyvEntryStore } from './keyv-entry-store.js';
import { LookupsUnderWay, type Answers, type Found } from './lookups-under-way.js';

/** A store elsewhere with nothing in front of it. */
export class JoinedStore extends KeyvEntryStore {
  readonly #underWay = new LookupsUnderWay();

  likely<Made>(keys: readonly CacheKey[], budget: LookupBudget, use: (found: Found) => Made): Promise<Made> | null {
    const joined = this.#underWay.join(keys, budget, use);
    if (joined !== null || !this.wereThere(keys)) return joined;
    return this.#underWay.begin(keys, budget, () => this.#fetch(keys, { budget }))?.then(use) ?? null;
  }

  override getMany(keys: readonly CacheKey[], asking: Asking = {}): Answers {
    return this.#underWay.ask(keys, asking, (places, how) => this.#fetch(places.map((at) => keys[at] as CacheKey), how));
  }

  async #fetch(keys: readonly CacheKey[], asking: Asking): Answers {
    const found = await super.getMany(keys, asking);
    return found.map(sealedOrNothing);
  }
}

/** What is no plain data cannot have come out of bytes; if it had, nobody could share it. */
function sealedOrNothing(entry: Entry | undefined): Entry | undefined {
  return entry === undefined || sealEntry(entry) === null ? undefined : entry;
}
