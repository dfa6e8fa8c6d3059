import type { Entry } from '../core/entry.js';
import type { CacheKey } from '../core/key.js';
import { sealEntry } from '../core/seal.js';
import type { Asking } from '../core/store.js';
import { KeyvEntryStore } from './keyv-entry-store.js';
import { LookupsUnderWay, type Answers } from './lookups-under-way.js';

/** A store elsewhere with nothing in front of it. */
export class JoinedStore extends KeyvEntryStore {
  readonly #underWay = new LookupsUnderWay();

  override getMany(keys: readonly CacheKey[], asking: Asking = {}): Answers {
    return this.#underWay.ask(keys, asking, async (places, how) => {
      const found = await super.getMany(places.map((at) => keys[at] as CacheKey), how);
      return found.map(sealedOrNothing);
    });
  }
}

/** What is no plain data cannot have come out of bytes; if it had, nobody could share it. */
function sealedOrNothing(entry: Entry | undefined): Entry | undefined {
  return entry === undefined || sealEntry(entry) === null ? undefined : entry;
}
