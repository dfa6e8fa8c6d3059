import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Entry } from '../core/entry.js';
import type { CacheKey } from '../core/key.js';
import type { LookupBudget } from '../core/lookup-budget.js';
import type { Asking } from '../core/store.js';

/** One per key, in order. */
export type Found = readonly (Entry | undefined)[];
export type Answers = Promise<Found>;

/** Asks the store for those, given by their places among the keys. */
export type Fetch = (places: readonly number[], asking: Pick<Asking, 'budget' | 'onLease'>) => Answers;

/** A look-up that others wait for, too, and the place of a key in it. */
interface UnderWay {
  readonly answers: Answers;
  readonly at: number;
}

const NOTHING_ASKED: Answers = Promise.resolve([]);

/**
 * What many ask a store elsewhere for at the same moment is asked for once: a look-up that is under way says what any entry says,
 * which whoever waits for it judges by its own copy of the ledger (F2). Not joined by who needs to know what has come since, and
 * not by who has waited before: its deadline is nearer. What is answered so has to be sealed: several get the same object.
 *
 * Where something was missing, whoever asked first goes on first: it may have the lease, and has announced its load when the
 * others come (C2).
 */
export class LookupsUnderWay {
  readonly #asked = new Map<CacheKey, UnderWay>();

  /** What becomes of what others are looking up; null if any of it is not, or may not be waited for. */
  join<Made>(keys: readonly CacheKey[], budget: LookupBudget, use: (found: Found) => Made): Promise<Made> | null {
    const [only] = keys;
    const first = only === undefined ? undefined : this.#asked.get(only);
    if (first === undefined || budget.spent > 0) return null;
    const looks = keys.length === 1 ? null : keys.map((key) => this.#asked.get(key));
    if (looks !== null) return looks.every((look) => look !== undefined) ? come(looks, budget).then(use) : null;
    // By far the most common: a query that many send. One promise, and nothing else, is made for each of them.
    budget.enter();
    return first.answers.then((found) => {
      budget.leave();
      const entry = found[first.at];
      return entry === undefined ? nextTurn().then(() => use([entry])) : use([entry]);
    });
  }

  /** For what nobody asks for: others may join this. Null if somebody does, or for who has waited before. */
  begin(keys: readonly CacheKey[], budget: LookupBudget, fetch: () => Answers): Answers | null {
    if (keys.length === 0 || budget.spent > 0 || keys.some((key) => this.#asked.has(key))) return null;
    const answers = fetch();
    this.#announce(keys, answers);
    return answers;
  }

  async ask(keys: readonly CacheKey[], asking: Asking, fetch: Fetch): Answers {
    const { budget, anew = false, onLease } = asking;
    const mayJoin = !anew && (budget === undefined || budget.spent === 0);
    const underWay = keys.map((key) => (mayJoin ? this.#asked.get(key) : undefined));
    const own = [...keys.keys()].filter((at) => underWay[at] === undefined);
    const answers = own.length === 0 ? NOTHING_ASKED : fetch(own, onLease === undefined ? { budget } : { budget, onLease: (index) => onLease(own[index] as number) });
    if (own.length > 0 && mayJoin) this.#announce(own.map((at) => keys[at] as CacheKey), answers);
    if (own.length === keys.length) return answers;
    const joined = await come(underWay, budget);
    const found = await answers;
    let next = 0;
    return underWay.map((look, at) => (look === undefined ? found[next++] : joined[at]));
  }

  #announce(keys: readonly CacheKey[], answers: Answers): void {
    keys.forEach((key, at) => this.#asked.set(key, { answers, at }));
    const forget = (): void => {
      for (const key of keys) this.#asked.delete(key);
    };
    answers.then(forget, forget);
  }
}

/** What comes for those that are looked up; nothing for the others. */
async function come(looks: readonly (UnderWay | undefined)[], budget: LookupBudget | undefined): Answers {
  budget?.enter();
  const came = await Promise.all(looks.map((look) => look?.answers ?? NOTHING_ASKED));
  budget?.leave();
  const entries = looks.map((look, at) => (look === undefined ? undefined : came[at]?.[look.at]));
  if (entries.some((entry, at) => entry === undefined && looks[at] !== undefined)) await nextTurn();
  return entries;
}
