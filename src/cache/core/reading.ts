import type { Collector } from './collector.js';
import type { Entry, Stamp } from './entry.js';
import type { CacheEvent } from './events.js';
import type { Identity } from './key.js';
import type { Policy } from './policy.js';
import type { CacheRequest } from './request.js';
import type { Tag } from './tags.js';

/** One thing asked for. */
export interface Lookup {
  readonly identity: Identity;
  readonly policy: Policy;
  /**
   * Whether nothing contains it. Then other processes wait while one of them loads it (C2), it is served stale while it is being
   * revalidated, and loaded anew before it ends: inside a load, each of these would have to be done to the whole.
   */
  readonly outermost?: boolean;
  /** Of what is known already, the end of its freshness: it is not what is looked for. */
  readonly newerThan?: number;
  /** What has just been looked up for it, null for nothing: then it is not looked up again. */
  readonly found?: Entry | null;
  /** Told what becomes of this look-up, beside all listeners: for who explains one answer. */
  readonly told?: (event: CacheEvent) => void;
}

/** What a load brings for one lookup. */
export interface Loaded<T> {
  readonly value: T;
  readonly collector: Collector;
  /** In place of the collector's, and made when somebody asks: what is loaded so is over at once, and never stored. */
  readonly tagsLater?: () => readonly Tag[];
}

/**
 * Loads some of the lookups, given by index; answers in the same order: with one promise where they are loaded in one go,
 * with one for each where they are not, so that nobody who joined one load waits for another.
 */
export type LoadMissing<T> = (missing: readonly number[]) => Promise<readonly (Loaded<T> | Error)[]> | readonly Promise<Loaded<T>>[];

/** Places of lookups that are loaded together, and what comes for them. */
export interface LoadsTogether<T> {
  readonly places: readonly number[];
  readonly results: Promise<readonly (Loaded<T> | Error)[]>;
}

/** The lookups of one call and the answers found so far. */
export class Reading<T> {
  readonly #answers: (Entry<T> | Error | undefined)[];
  // Most readings have neither: made when they are needed.
  #stale: Map<number, Entry<T>> | null = null;
  #leased: Set<number> | null = null;

  // Taken now, not when the load ends: the request may have been renewed by then (F1).
  readonly stamp: Stamp;
  readonly readAt: number;
  readonly #isBehind: boolean;
  readonly #seesUpTo: Stamp;

  constructor(
    readonly request: CacheRequest,
    private readonly lookups: readonly Lookup[],
    private readonly load: LoadMissing<T>,
  ) {
    this.stamp = request.stamp;
    this.readAt = request.readAt;
    this.#isBehind = request.isBehind;
    this.#seesUpTo = request.seesUpTo;
    this.#answers = lookups.map(() => undefined);
  }

  /**
   * Whether a load with this stamp has seen every change that was answered before this reading began. What overtook the
   * load since, this reading need not see, no more than the load's own leader: without that, a change would send all
   * who wait back to load, and none of their loads could be shared.
   */
  beganNoLaterThan(stamp: Stamp): boolean {
    return !this.#isBehind && stamp.epoch === this.#seesUpTo.epoch && stamp.position >= this.#seesUpTo.position;
  }

  get open(): number[] {
    return [...this.lookups.keys()];
  }

  at(index: number): Lookup {
    const lookup = this.lookups[index];
    if (lookup === undefined) throw new RangeError(`lookup ${index} of ${this.lookups.length}`);
    return lookup;
  }

  /** Starts the loads of those. None of the promises rejects, and each has an answer for all of its places. */
  start(toLoad: readonly number[]): readonly LoadsTogether<T>[] {
    const failed = (count: number) => (error: unknown) => Array.from({ length: count }, () => asError(error));
    try {
      const loading = this.load(toLoad);
      if ('then' in loading) return [{ places: toLoad, results: loading.catch(failed(toLoad.length)) }];
      return toLoad.map((at, index) => ({
        places: [at],
        results: (loading[index] ?? Promise.reject(asError(undefined))).then((one) => [one], failed(1)),
      }));
    } catch (error) {
      return [{ places: toLoad, results: Promise.resolve(failed(toLoad.length)(error)) }];
    }
  }

  /** The same again for some of them, with answers of its own: later ones than those that there are. */
  again(known: readonly { readonly at: number; readonly entry: Entry }[]): Reading<T> {
    const lookups = known.map(({ at, entry }) => {
      const { identity, policy, outermost = false } = this.at(at);
      return { identity, policy, outermost, newerThan: entry.freshUntil };
    });
    return new Reading(this.request, lookups, (missing) => this.load(missing.map((place) => known[place]?.at as number)));
  }

  answer(index: number, answer: Entry<T> | Error): void {
    this.#answers[index] = answer;
  }

  answerAt(index: number): Entry<T> | Error | undefined {
    return this.#answers[index];
  }

  keepStale(index: number, entry: Entry<T>): void {
    (this.#stale ??= new Map<number, Entry<T>>()).set(index, entry);
  }

  staleAt(index: number): Entry<T> | undefined {
    return this.#stale?.get(index);
  }

  /** That the look-up has brought the lease of what is missing. */
  giveLease(index: number): void {
    (this.#leased ??= new Set<number>()).add(index);
  }

  /** Whether it has. Whoever takes it has to end it. */
  takeLease(index: number): boolean {
    return this.#leased?.delete(index) === true;
  }

  /** Of what nobody is going to load. */
  takeLeases(): readonly number[] {
    const left = this.#leased;
    this.#leased = null;
    return left === null ? [] : [...left];
  }

  get answers(): readonly (Entry<T> | Error)[] {
    return this.#answers.map((answer) => answer ?? new Error('a lookup was left without an answer'));
  }
}

/** What a load threw that is no Error. */
export class ThrownValue extends Error {
  constructor(readonly thrown: unknown) {
    super('a load failed with something that is no Error', { cause: thrown });
  }
}

export function asError(error: unknown): Error {
  if (error instanceof Error) return error;
  return error === undefined ? new Error('a load answered nothing') : new ThrownValue(error);
}
