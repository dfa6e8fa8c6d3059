import { NOTHING, type Without } from './mechanisms.js';

/**
 * How far a node may rely on its copy of the ledger.
 *
 * `trusted`: what is stored may be judged by it. `synced`: the copy is complete, but no poll has looked lately for changes
 * that were committed and not applied: what the copy calls valid is served, as stale, only when the database fails to give
 * it anew, or when the last poll failed or had no answer in time (D2). `alone`: the copy is not complete, or was never polled for in its epoch: nothing stored may be served, nor
 * anything stored for others.
 */
export type Standing = 'trusted' | 'synced' | 'alone';

/** How long a copy is relied on after *sending* the call that completed it, in milliseconds. */
export const TRUST_MS = 1000;

/** Measures a node's standing on the monotonic clock: no wall clock decides about validity (F5). */
export class StandingClock {
  #syncedAt = -Infinity;
  #polledAt = -Infinity;
  #pollFailed = false;

  constructor(
    /** False where no change can be committed without this process knowing. */
    private readonly needsPolls: boolean,
    private readonly monotonic: () => number,
    private readonly without: Without = NOTHING,
  ) {}

  /** The copy covers everything up to when this call was sent. */
  synced(sentAt: number): void {
    this.#syncedAt = Math.max(this.#syncedAt, sentAt);
  }

  /** Everything that was committed before this poll began has been applied. */
  polled(beganAt: number): void {
    this.#polledAt = Math.max(this.#polledAt, beganAt);
    this.#pollFailed = false;
  }

  /** A poll of the source failed, or had no answer in time. */
  pollFailed(): void {
    this.#pollFailed = true;
  }

  get isSourceAway(): boolean {
    return this.#pollFailed;
  }

  /** Another epoch: nothing that was known counts any more. */
  reset(): void {
    this.#syncedAt = -Infinity;
    this.#polledAt = -Infinity;
  }

  get standing(): Standing {
    const now = this.monotonic();
    if (this.without.has('trust')) return 'trusted';
    if (now - this.#syncedAt >= TRUST_MS) return 'alone';
    if (!this.needsPolls) return 'trusted';
    // What this node itself has answered under another epoch may be missing in this one: not even D2 holds before a poll.
    if (this.#polledAt === -Infinity) return 'alone';
    return now - this.#polledAt >= TRUST_MS ? 'synced' : 'trusted';
  }

  /** Milliseconds since the copy was last known to be complete; -1 when it never was. */
  get lag(): number {
    const since = this.needsPolls ? Math.min(this.#syncedAt, this.#polledAt) : this.#syncedAt;
    return since === -Infinity ? -1 : Math.max(0, Math.round(this.monotonic() - since));
  }
}
