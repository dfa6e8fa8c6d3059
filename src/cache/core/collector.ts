import type { Entry } from './entry.js';
import { strictest, type CacheScope, type Policy } from './policy.js';
import { GLOBAL, partitionOfTag, tableOfTag, tags, type Partition, type Tag } from './tags.js';

const NO_TAGS: readonly Tag[] = [];
/** Of all that keep none: every request has one of these. */
const NONE_KEPT = new Set<Tag>();

/** Above this many tags of one table, an entry depends on the whole table instead. */
export const MAX_TAGS_PER_TABLE = 500;

/**
 * Tags and policy of one load under way. Passed explicitly from the load to whatever it reads; what it reads adds its
 * tags, its *remaining* lifetimes and the time it was read. Everything here only ever gets stricter.
 */
export class Collector {
  readonly #tags: Set<Tag>;
  /** Counted only from when there are enough tags for any table to have too many. */
  #perTable: Map<string, number> | null = null;
  #freshUntil = Infinity;
  #staleUntil = Infinity;
  #readAt = Infinity;
  #scope: CacheScope = 'PUBLIC';
  #maxAge = Infinity;
  #notStorable: string | null = null;

  constructor(
    readonly partition: Partition | null,
    /** False where nothing is going to be stored of what is collected: a request itself, outside of all loads. */
    private readonly keepsTags = true,
  ) {
    this.#tags = keepsTags ? new Set<Tag>() : NONE_KEPT;
  }

  /** Depends on what the tag names. Another partition's tag makes the load unfit to be stored (P2). */
  tag(tag: Tag): void {
    if (!this.keepsTags || this.#tags.has(tag)) return;
    const of = partitionOfTag(tag);
    if (of !== null && of !== GLOBAL && of !== this.partition) this.forbid(`it read partition ${of}`);
    const isCounting = this.#perTable !== null || this.#tags.size >= MAX_TAGS_PER_TABLE;
    if (of !== null && isCounting && !this.#hasRoomFor(tag, of)) return;
    this.#tags.add(tag);
  }

  /** Takes over an entry that this load contains. Not its stamp: the load has its own, which is older. */
  add(entry: Entry, now: number): void {
    if (this.keepsTags) for (const tag of entry.tags) this.tag(tag);
    this.#scope = strictest(this.#scope, entry.scope);
    this.#freshUntil = Math.min(this.#freshUntil, entry.freshUntil);
    this.#staleUntil = Math.min(this.#staleUntil, entry.staleUntil);
    this.#readAt = Math.min(this.#readAt, entry.readAt);
    if (now >= entry.freshUntil) this.forbid('it contains a stale value');
  }

  /** Takes over what a load inside this one has collected. */
  merge(other: Collector): void {
    for (const tag of other.#tags) this.tag(tag);
    this.#scope = strictest(this.#scope, other.#scope);
    this.#freshUntil = Math.min(this.#freshUntil, other.#freshUntil);
    this.#staleUntil = Math.min(this.#staleUntil, other.#staleUntil);
    this.#readAt = Math.min(this.#readAt, other.#readAt);
    this.#maxAge = Math.min(this.#maxAge, other.#maxAge);
    if (other.#notStorable !== null) this.forbid(other.#notStorable);
  }

  /** A hint given while loading: it may tighten, never loosen (P1). Milliseconds. */
  restrict(hint: { readonly maxAge?: number; readonly scope?: CacheScope }): void {
    if (hint.maxAge !== undefined) {
      this.#maxAge = Math.min(this.#maxAge, hint.maxAge);
      // Not even a grace makes it shareable (P4).
      if (hint.maxAge <= 0) this.forbid('its maxAge is 0');
    }
    if (hint.scope !== undefined) this.#scope = strictest(this.#scope, hint.scope);
  }

  /** Ends the lifetime at a moment, in milliseconds on the ledger's clock: the next boundary of what reads the clock. */
  until(time: number): void {
    this.#freshUntil = Math.min(this.#freshUntil, time);
    this.#staleUntil = Math.min(this.#staleUntil, time);
  }

  /** The load may be used by who asked for it, and by nobody else. The first reason is kept. */
  forbid(reason: string): void {
    this.#notStorable ??= reason;
  }

  get tags(): readonly Tag[] {
    return this.#tags.size === 0 ? NO_TAGS : [...this.#tags];
  }

  get scope(): CacheScope {
    return this.#scope;
  }

  get notStorable(): string | null {
    return this.#notStorable;
  }

  /** The entry's two ends of life and its age, from its policy and what it contains. `readAt` is when it was stamped. */
  lifetime(policy: Pick<Policy, 'maxAge' | 'staleWhileRevalidate'>, readAt: number): { readAt: number; freshUntil: number; staleUntil: number } {
    const maxAge = Math.min(policy.maxAge, this.#maxAge);
    const freshUntil = Math.min(readAt + maxAge, this.#freshUntil);
    return {
      readAt: Math.min(readAt, this.#readAt),
      freshUntil,
      staleUntil: Math.max(freshUntil, Math.min(readAt + maxAge + policy.staleWhileRevalidate, this.#staleUntil)),
    };
  }

  /** Counts a tag; false when its table is, or becomes by it, one of those that the entry depends on as a whole. */
  #hasRoomFor(tag: Tag, of: Partition): boolean {
    const table = tableOfTag(tag);
    if (table === null) return true;
    this.#perTable ??= this.#countTables();
    const name = `${of}/${table}`;
    const count = (this.#perTable.get(name) ?? 0) + 1;
    this.#perTable.set(name, count);
    if (count <= MAX_TAGS_PER_TABLE) return true;
    if (count === MAX_TAGS_PER_TABLE + 1) this.#collapse(of, table);
    return false;
  }

  #countTables(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const tag of this.#tags) {
      const name = `${partitionOfTag(tag)}/${tableOfTag(tag)}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  #collapse(of: Partition, table: string): void {
    for (const tag of this.#tags) {
      if (partitionOfTag(tag) === of && tableOfTag(tag) === table) this.#tags.delete(tag);
    }
    this.#tags.add(tags.table(of, table));
    this.#tags.add(tags.everyRow(of, table));
  }
}
