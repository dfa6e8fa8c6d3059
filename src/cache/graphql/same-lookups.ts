import type { Entry } from '../core/entry.js';
import type { LookupBudget } from '../core/lookup-budget.js';

/** What a look-up in a store has found: everything, or null. */
type Found<T> = readonly Entry<T>[] | null;

/**
 * Who asks for the very same pieces while they are being looked up elsewhere waits for what that brings, and no more: it judges
 * what has been found by its own copy of the ledger (F2), and if anything is missing, it asks as if it had not waited. So it never
 * waits for a load.
 */
export class SameLookups<T> {
  readonly #underWay = new Map<string, Promise<Found<T>>>();

  /** What becomes of what somebody else is looking up now; null for nobody. Time waited counts for the store's deadline. */
  join<R>(keys: string, budget: LookupBudget, use: (found: Found<T>) => R | Promise<R>): Promise<R> | null {
    const found = budget.spent > 0 ? undefined : this.#underWay.get(keys);
    if (found === undefined) return null;
    budget.enter();
    return found.then((entries) => {
      budget.leave();
      return use(entries);
    });
  }

  /** @returns what has to be told, once, as soon as it is known. */
  announce(keys: string): (found: Found<T>) => void {
    let settle: (found: Found<T>) => void = () => undefined;
    const found = new Promise<Found<T>>((resolve) => (settle = resolve));
    this.#underWay.set(keys, found);
    return (entries) => {
      if (this.#underWay.get(keys) === found) this.#underWay.delete(keys);
      settle(entries);
    };
  }
}
