import type { Entry, Stamp } from './entry.js';
import type { CacheKey } from './key.js';

/** What a load brought: an entry, never a bare value, so that whoever joined can judge it (F2). */
export interface Landed {
  readonly entry: Entry;
  /** False when nobody but the leader may use it. */
  readonly shared: boolean;
}

/** When a load began, or rather when the request did that leads it: the stamp and the time that its entry will carry. */
export interface Began {
  readonly stamp: Stamp;
  readonly readAt: number;
}

/** A load under way, and then, for as long as others may join it, what it brought. */
export class Flight implements Began {
  readonly stamp: Stamp;
  readonly readAt: number;
  #landed: Landed | null = null;
  // Made for the first who joins: most loads are joined by nobody.
  #waiting: { readonly promise: Promise<Landed>; land(landed: Landed): void; fail(error: unknown): void } | null = null;

  constructor(
    private readonly flights: Map<CacheKey, Flight>,
    private readonly key: CacheKey,
    began: Began,
  ) {
    this.stamp = began.stamp;
    this.readAt = began.readAt;
  }

  /** For who joins. */
  get landed(): Promise<Landed> {
    if (this.#landed !== null) return Promise.resolve(this.#landed);
    this.#waiting ??= waiting();
    return this.#waiting.promise;
  }

  /** For its leader: tells those who joined, and whoever joins until `leave`. */
  land(landed: Landed): void {
    this.#landed = landed;
    this.#waiting?.land(landed);
  }

  /** For its leader: tells those who joined; nobody joins any more. */
  fail(error: unknown): void {
    this.leave();
    this.#waiting?.fail(error);
  }

  /** From now on nobody can join. */
  leave(): void {
    if (this.flights.get(this.key) === this) this.flights.delete(this.key);
  }
}

/** Loads under way in this process, by full key: two viewers never share a PRIVATE one (P4). */
export class Flights {
  readonly #underWay = new Map<CacheKey, Flight>();

  underWay(key: CacheKey): Flight | undefined {
    return this.#underWay.get(key);
  }

  /** Announces a load. A later flight takes the place of an earlier one under the same key. */
  lead(key: CacheKey, began: Began): Flight {
    const flight = new Flight(this.#underWay, key, began);
    this.#underWay.set(key, flight);
    return flight;
  }
}

function waiting() {
  let land!: (landed: Landed) => void;
  let fail!: (error: unknown) => void;
  const promise = new Promise<Landed>((resolve, reject) => {
    land = resolve;
    fail = reject;
  });
  return { promise, land, fail };
}
