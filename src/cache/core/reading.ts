import type { Collector } from './collector.js';
import type { Entry, Stamp } from './entry.js';
import type { Identity } from './key.js';
import type { Policy } from './policy.js';
import type { CacheRequest } from './request.js';

/** One thing asked for. */
export interface Lookup {
  readonly identity: Identity;
  readonly policy: Policy;
}

/** What a load brings for one lookup. */
export interface Loaded<T> {
  readonly value: T;
  readonly collector: Collector;
}

/** Loads some of the lookups, given by index, in one go; answers in the same order. */
export type LoadMissing<T> = (missing: readonly number[]) => Promise<readonly (Loaded<T> | Error)[]>;

/** The lookups of one call and the answers found so far. */
export class Reading<T> {
  readonly #answers: (Entry<T> | Error | undefined)[];
  readonly #stale = new Map<number, Entry<T>>();

  // Taken now, not when the load ends: the request may have been renewed by then (F1).
  readonly stamp: Stamp;
  readonly readAt: number;
  readonly #isBehind: boolean;

  constructor(
    readonly request: CacheRequest,
    private readonly lookups: readonly Lookup[],
    readonly load: LoadMissing<T>,
  ) {
    this.stamp = request.stamp;
    this.readAt = request.readAt;
    this.#isBehind = request.isBehind;
    this.#answers = lookups.map(() => undefined);
  }

  /**
   * Whether a load with this stamp has seen every change that was answered before this reading began. What overtook the
   * load since, this reading need not see, no more than the load's own leader: without that, a change would send all
   * who wait back to load, and none of their loads could be shared.
   */
  beganNoLaterThan(stamp: Stamp): boolean {
    return !this.#isBehind && stamp.epoch === this.stamp.epoch && stamp.position >= this.stamp.position;
  }

  get open(): number[] {
    return [...this.lookups.keys()];
  }

  at(index: number): Lookup {
    const lookup = this.lookups[index];
    if (lookup === undefined) throw new RangeError(`lookup ${index} of ${this.lookups.length}`);
    return lookup;
  }

  answer(index: number, answer: Entry<T> | Error): void {
    this.#answers[index] = answer;
  }

  answerAt(index: number): Entry<T> | Error | undefined {
    return this.#answers[index];
  }

  keepStale(index: number, entry: Entry<T>): void {
    this.#stale.set(index, entry);
  }

  staleAt(index: number): Entry<T> | undefined {
    return this.#stale.get(index);
  }

  get answers(): readonly (Entry<T> | Error)[] {
    return this.#answers.map((answer) => answer ?? new Error('a lookup was left without an answer'));
  }
}
