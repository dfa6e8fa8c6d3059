import type { Cache } from '../core/cache.js';
import type { Invalidation } from '../core/ledger.js';
import type { Tag } from '../core/tags.js';
import { predicateForms, PredicateForms } from './predicate-forms.js';
import { tagsOfChanges, type TableChange } from './tags-of-changes.js';

/** Tags whose change is committed and in no ledger yet. */
interface Suspended {
  readonly tags: readonly Tag[];
  /** On the monotonic clock. */
  readonly since: number;
}

/**
 * Turns what changed in the database into invalidations; keeps what could not be applied unreadable on this node until
 * somebody has applied it (F3, F4).
 */
export class ChangeFeed {
  #suspended: Suspended[] = [];

  /** Of this version's lists, and of every other version's in use. */
  readonly #forms = new PredicateForms();

  constructor(private readonly cache: Pick<Cache, 'invalidate' | 'ledger' | 'without'>) {
    this.learn(predicateForms.all);
  }

  /** From now on, changes emit the tags of these predicates, too. */
  learn(predicates: readonly { readonly table: string; readonly columns: readonly string[] }[]): void {
    if (this.cache.without.has('predicate-tags')) return;
    for (const { table, columns } of predicates) this.#forms.learn(table, columns);
  }

  /** Invalidates everything the changes can have made wrong; also called with none, to learn the ledger's epoch. */
  apply(changes: readonly TableChange[]): Promise<Invalidation> {
    return this.cache.invalidate(this.#tagsOf(changes));
  }

  /**
   * Invalidates what this node has just committed. When the ledger gives no answer, nothing is lost: the outbox holds the
   * change, and what depends on it is unreadable here.
   *
   * @returns null when it is pending.
   */
  async applyOwn(changes: readonly TableChange[]): Promise<Invalidation | null> {
    const tags = this.#tagsOf(changes);
    try {
      return await this.cache.invalidate(tags);
    } catch {
      // The failure was reported by the cache; the answer to the mutation says that it is pending.
      this.cache.ledger.suspend(tags);
      this.#suspended.push({ tags, since: performance.now() });
      return null;
    }
  }

  /**
   * A poll that was completed has applied all that was committed before it began, or found it applied, under this epoch.
   * What was suspended after that has to wait for the next.
   */
  polled(poll: { readonly beganAt: number; readonly epoch: string }): void {
    this.cache.ledger.polled(poll);
    if (poll.epoch !== this.cache.ledger.epoch) return;
    const settled = this.#suspended.filter(({ since }) => since < poll.beganAt);
    this.#suspended = this.#suspended.filter(({ since }) => since >= poll.beganAt);
    for (const { tags } of settled) this.cache.ledger.settle(tags);
  }

  #tagsOf(changes: readonly TableChange[]): readonly Tag[] {
    return tagsOfChanges(changes, this.#forms);
  }
}
