import type { Entry } from '../core/entry.js';
import type { CacheKey } from '../core/key.js';
import type { Asking } from '../core/store.js';

/** One answer per key, in order. */
export type Answers = Promise<readonly (Entry | undefined)[]>;

/** Asks the store for those, given by their places among the keys. */
export type Fetch = (places: readonly number[], asking: Pick<Asking, 'budget' | 'onLease'>) => Answers;

const NOTHING_ASKED: Answers = Promise.resolve([]);

/**
 * What many ask a store elsewhere for at the same moment is asked for once: a look-up that is under way says what any entry says,
 * which whoever waits for it judges by its own copy of the ledger (F2). Not joined by who needs to know what has come since, and
 * not by who has waited before: its deadline is nearer. What is answered so has to be sealed: several get the same object.
 */
export class LookupsUnderWay {
  readonly #asked = new Map<CacheKey, { readonly answers: Answers; readonly at: number }>();

  async ask(keys: readonly CacheKey[], asking: Asking, fetch: Fetch): Answers {
    const { budget, anew = false, onLease } = asking;
    const mayJoin = !anew && (budget === undefined || budget.spent === 0);
    const underWay = keys.map((key) => (mayJoin ? this.#asked.get(key) : undefined));
    const own = [...keys.keys()].filter((at) => underWay[at] === undefined);
    const answers = own.length === 0 ? NOTHING_ASKED : fetch(own, onLease === undefined ? { budget } : { budget, onLease: (index) => onLease(own[index] as number) });
    if (own.length > 0 && mayJoin) this.#announce(own.map((at) => keys[at] as CacheKey), answers);
    if (own.length === keys.length) return answers;
    budget?.enter();
    const [first] = underWay;
    if (first !== undefined && keys.length === 1) {
      // By far the most common: a query that many send.
      const answered = await first.answers;
      budget?.leave();
      return [answered[first.at]];
    }
    const joined = await Promise.all(underWay.map((look) => look?.answers ?? NOTHING_ASKED));
    budget?.leave();
    const found = await answers;
    let next = 0;
    return underWay.map((look, at) => (look === undefined ? found[next++] : joined[at]?.[look.at]));
  }

  #announce(keys: readonly CacheKey[], answers: Answers): void {
    keys.forEach((key, at) => this.#asked.set(key, { answers, at }));
    const forget = (): void => {
      for (const key of keys) this.#asked.delete(key);
    };
    answers.then(forget, forget);
  }
}
