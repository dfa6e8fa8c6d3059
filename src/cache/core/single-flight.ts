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

export interface Flight extends Began {
  readonly landed: Promise<Landed>;
}

/** The leader's side of a flight. */
export interface Leading {
  /** Tells those who joined, and whoever joins until `leave`. */
  land(landed: Landed): void;
  fail(error: unknown): void;
  /** From now on nobody can join. */
  leave(): void;
}

/** Loads under way in this process, by full key: two viewers never share a PRIVATE one (P4). */
export class Flights {
  readonly #underWay = new Map<CacheKey, Flight>();

  underWay(key: CacheKey): Flight | undefined {
    return this.#underWay.get(key);
  }

  /** Announces a load. A later flight takes the place of an earlier one under the same key. */
  lead(key: CacheKey, { stamp, readAt }: Began): Leading {
    let land!: (landed: Landed) => void;
    let fail!: (error: unknown) => void;
    const landed = new Promise<Landed>((resolve, reject) => {
      land = resolve;
      fail = reject;
    });
    // Nobody may have joined: then its failure is told to the leader only.
    landed.catch(() => undefined);
    const flight: Flight = { landed, stamp, readAt };
    this.#underWay.set(key, flight);
    const leave = (): void => {
      if (this.#underWay.get(key) === flight) this.#underWay.delete(key);
    };
    return {
      land,
      fail: (error) => {
        leave();
        fail(error);
      },
      leave,
    };
  }
}
