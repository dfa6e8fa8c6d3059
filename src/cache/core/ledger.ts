import type { Stamp } from './entry.js';
import type { Standing } from './standing.js';
import { GLOBAL, partitionOfTag, tableTagOf, type Partition, type Tag } from './tags.js';

/** What `judge` asks of a copy of the ledger. */
export interface LedgerView {
  readonly epoch: string;
  readonly position: number;
  /** Another number whenever any of the answers below, or the epoch, may have changed. */
  readonly changes: number;
  /** Entries stamped below it may depend on tags that were trimmed. */
  floorOf(partition: Partition): number;
  /** Position of the tag's last known invalidation; 0 when none is known. */
  positionOf(tag: Tag): number;
  /** Whether any tag is known to be invalid without a position yet. */
  readonly hasPending: boolean;
  isPending(tags: readonly Tag[]): boolean;
}

/** What an invalidation returned. */
export interface Invalidation {
  readonly epoch: string;
  /** The position given to the tags. */
  readonly position: number;
  /** Where each tag stood before, or at most, if it was trimmed: what write-through needs to know. */
  readonly replaced: ReadonlyMap<Tag, number>;
}

/**
 * What was invalidated when, and this process's copy of it. One contract for the ledger in memory and the one on Redis.
 */
export interface Ledger extends LedgerView {
  /** The stamp for a load that begins now: to be taken before its first read of the source (F1). */
  stamp(): Stamp;
  /** Milliseconds on the one clock that lifetimes are measured on: the store's. */
  now(): number;
  /** How far this node may rely on its copy now. */
  standing(): Standing;
  /**
   * Makes everything that depends on the tags invalid, from now on, on every node. Resolves when this node's copy covers it.
   * @throws when the ledger could not be reached in time: the tags are then to be reported as pending.
   */
  invalidate(tags: readonly Tag[]): Promise<Invalidation>;
  /** Makes tags unreadable on this node until `settle`: their change is committed and not in the ledger yet. */
  suspend(tags: readonly Tag[]): void;
  settle(tags: readonly Tag[]): void;
  /**
   * Told by whoever looks for changes that were committed and not applied: everything committed before `beganAt` (on the
   * monotonic clock, `performance.now()`) has been applied under this epoch.
   */
  polled(poll: { readonly beganAt: number; readonly epoch: string }): void;
  /** Called when a poll of the source fails or has no answer in time. The source counts as away until a poll is completed. */
  pollFailed(): void;
  /** Whether the last poll of the source failed: most likely the source answers no load either (D2). */
  readonly isSourceAway: boolean;
  /** Brings the copy up to what the ledger holds at a time after the call. */
  sync(): Promise<void>;
  /** Positions, sizes and lag, for statistics and readiness. */
  report(): LedgerReport;
  close(): Promise<void>;
}

export interface LedgerReport {
  readonly kind: 'memory' | 'redis';
  readonly epoch: string;
  readonly position: number;
  readonly tags: number;
  readonly pending: number;
  readonly trusted: boolean;
  /** Milliseconds since the copy was last known to be complete; -1 when it never was. */
  readonly lag: number;
}

/** Default bound of a copy: at about 122 bytes a tag, a few dozen megabytes (C4). */
export const LEDGER_MAX_TAGS = 500_000;

/**
 * A gapless prefix of the ledger, in memory. It never jumps to a position whose predecessors it has not seen.
 * Bounded: the longest untouched tags are trimmed, and the floor of their partition rises above them.
 */
export class LedgerCopy implements LedgerView {
  epoch: string;
  position = 0;
  changes = 0;
  // A map keeps its members in the order of insertion; a tag that is set again moves to the end: oldest first.
  readonly #positions = new Map<Tag, number>();
  readonly #floors = new Map<Partition, number>();
  readonly #pending = new Map<Tag, number>();

  constructor(
    epoch: string,
    private readonly maxTags = LEDGER_MAX_TAGS,
  ) {
    this.epoch = epoch;
  }

  get size(): number {
    return this.#positions.size;
  }

  get pending(): number {
    return this.#pending.size;
  }

  get hasPending(): boolean {
    return this.#pending.size > 0;
  }

  positionOf(tag: Tag): number {
    return this.#positions.get(tag) ?? 0;
  }

  /** Entries of a partition depend on its own tags and on global ones. */
  floorOf(partition: Partition): number {
    return Math.max(this.#floors.get(partition) ?? 0, this.#floors.get(GLOBAL) ?? 0);
  }

  /** Where a tag stood last at most: one that is not known may have been trimmed. */
  highestOf(tag: Tag): number {
    return this.#positions.get(tag) ?? this.#floors.get(partitionOf(tag)) ?? 0;
  }

  isPending(tags: readonly Tag[]): boolean {
    return tags.some((tag) => this.#pending.has(tag));
  }

  /**
   * Records that a tag, and with it the tag of its table, was invalidated at a position: entries that collapsed too many tags
   * carry the table's. Derived here, where every invalidation of every node passes, so that no caller can forget it.
   */
  record(tag: Tag, position: number): void {
    this.#record(tag, position);
    const table = tableTagOf(tag);
    if (table !== null) this.#record(table, position);
  }

  advance(position: number): void {
    if (position > this.position) this.position = position;
  }

  raiseFloor(partition: Partition, position: number): void {
    if (position <= (this.#floors.get(partition) ?? 0)) return;
    this.changes++;
    this.#floors.set(partition, position);
  }

  /** Makes tags unreadable, and with each the tag of its table, as `record` does. */
  suspend(tags: readonly Tag[]): void {
    this.changes++;
    for (const tag of withTables(tags)) this.#pending.set(tag, (this.#pending.get(tag) ?? 0) + 1);
  }

  settle(tags: readonly Tag[]): void {
    this.changes++;
    for (const tag of withTables(tags)) {
      const left = (this.#pending.get(tag) ?? 0) - 1;
      if (left > 0) this.#pending.set(tag, left);
      else this.#pending.delete(tag);
    }
  }

  /** Another epoch: nothing known under the old one means anything. Pending tags stay: their change is still unapplied. */
  restart(epoch: string, position: number): void {
    this.changes++;
    this.epoch = epoch;
    this.position = position;
    this.#positions.clear();
    this.#floors.clear();
  }

  #record(tag: Tag, position: number): void {
    if (position <= this.positionOf(tag)) return;
    this.changes++;
    this.#positions.delete(tag);
    this.#positions.set(tag, position);
    if (this.#positions.size > this.maxTags) this.#trim();
  }

  #trim(): void {
    // A tenth at a time, so that a full copy does not pay for it with every tag.
    let left = Math.max(1, Math.floor(this.maxTags / 10));
    for (const [tag, position] of this.#positions) {
      if (left-- === 0) break;
      this.#positions.delete(tag);
      this.raiseFloor(partitionOf(tag), position);
    }
  }
}

function withTables(tags: readonly Tag[]): readonly Tag[] {
  return tags.flatMap((tag) => {
    const table = tableTagOf(tag);
    return table === null ? [tag] : [tag, table];
  });
}

/** A tag that spans partitions, once trimmed, leaves none unharmed; the floor of the global one counts for all. */
function partitionOf(tag: Tag): Partition {
  return partitionOfTag(tag) ?? GLOBAL;
}
