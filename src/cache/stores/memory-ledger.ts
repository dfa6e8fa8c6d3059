import { randomUUID } from 'node:crypto';
import type { Clock } from '../../lib/clock.js';
import type { Stamp } from '../core/entry.js';
import { LedgerCopy, type Invalidation, type Ledger, type LedgerReport } from '../core/ledger.js';
import { NOTHING, type Without } from '../core/mechanisms.js';
import { StandingClock, type Standing } from '../core/standing.js';
import type { Partition, Tag } from '../core/tags.js';

export interface MemoryLedgerOptions {
  readonly clock: Clock;
  readonly maxTags?: number;
  /** True where others write to the database, too: their changes are known only from polls. */
  readonly needsPolls?: boolean;
  readonly without?: Without;
}

/**
 * The ledger of a single process: the copy is the ledger. It is complete at any time; its epoch ends
 * with the process, and with it everything that was stored under it (F5).
 */
export class MemoryLedger implements Ledger {
  readonly #copy: LedgerCopy;
  readonly #standing: StandingClock;
  readonly #clock: Clock;

  constructor({ clock, maxTags, needsPolls = false, without = NOTHING }: MemoryLedgerOptions) {
    this.#clock = clock;
    this.#copy = new LedgerCopy(randomUUID(), maxTags);
    this.#standing = new StandingClock(needsPolls, () => performance.now(), without);
    this.#standing.synced(Infinity);
  }

  get epoch(): string {
    return this.#copy.epoch;
  }

  get position(): number {
    return this.#copy.position;
  }

  get changes(): number {
    return this.#copy.changes;
  }

  get hasPending(): boolean {
    return this.#copy.hasPending;
  }

  floorOf(partition: Partition): number {
    return this.#copy.floorOf(partition);
  }

  positionOf(tag: Tag): number {
    return this.#copy.positionOf(tag);
  }

  isPending(tags: readonly Tag[]): boolean {
    return this.#copy.isPending(tags);
  }

  stamp(): Stamp {
    return { epoch: this.#copy.epoch, position: this.#copy.position };
  }

  now(): number {
    return this.#clock.now();
  }

  standing(): Standing {
    return this.#standing.standing;
  }

  polled({ beganAt }: { readonly beganAt: number }): void {
    this.#standing.polled(beganAt);
  }

  pollFailed(): void {
    this.#standing.pollFailed();
  }

  get isSourceAway(): boolean {
    return this.#standing.isSourceAway;
  }

  invalidate(tags: readonly Tag[]): Promise<Invalidation> {
    const copy = this.#copy;
    const replaced = new Map<Tag, number>();
    for (const tag of tags) replaced.set(tag, copy.highestOf(tag));
    if (replaced.size > 0) {
      const position = copy.position + 1;
      for (const tag of replaced.keys()) copy.record(tag, position);
      copy.advance(position);
    }
    return Promise.resolve({ epoch: copy.epoch, position: copy.position, replaced });
  }

  suspend(tags: readonly Tag[]): void {
    this.#copy.suspend(tags);
  }

  settle(tags: readonly Tag[]): void {
    this.#copy.settle(tags);
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  report(): LedgerReport {
    const { epoch, position, size, pending } = this.#copy;
    return { kind: 'memory', epoch, position, tags: size, pending, trusted: this.standing() === 'trusted', lag: this.#standing.lag };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
