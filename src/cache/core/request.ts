import type { Stamp } from './entry.js';
import type { Ledger } from './ledger.js';
import { LookupBudget } from './lookup-budget.js';
import type { Partition, Tag } from './tags.js';

/**
 * One operation's view of the cache: the stamp under which all its loads are stored, and its memo.
 * Made before the request's first read of the source (F1).
 */
export class CacheRequest {
  /** What it has waited for stores. */
  readonly budget = new LookupBudget();
  /** Stamp and time of its beginning, whatever was renewed since: for values of which nobody knows when they were read. */
  readonly began: { readonly stamp: Stamp; readonly readAt: number };
  #stamp: Stamp;
  #readAt: number;
  #isBehind: boolean;
  /** The request must see all writes up to here: its stamp, or a later position that its client has seen. */
  #seesUpTo: Stamp;
  #proved: string | null = null;
  readonly #outside = new Set<Tag>();
  /** Made when it is needed: what is answered from near needs none. */
  #memo: Map<object, Map<Partition, unknown>> | null = null;
  /** Counts renewals: what began under an earlier one is not what this request sees now. */
  #generation = 0;

  constructor(
    private readonly ledger: Ledger,
    /** Reads and stores nothing: a strong read that this node's copy does not cover, or a cache switched off. */
    readonly bypass: boolean,
  ) {
    this.#stamp = ledger.stamp();
    this.#readAt = ledger.now();
    this.#isBehind = isBehind(ledger);
    this.began = { stamp: this.#stamp, readAt: this.#readAt };
    this.#seesUpTo = this.#stamp;
  }

  get stamp(): Stamp {
    return this.#stamp;
  }

  /** When the stamp was taken, in milliseconds on the ledger's clock. */
  get readAt(): number {
    return this.#readAt;
  }

  /** Whether, when the stamp was taken, changes may have been answered that it does not tell from those before it. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** A load that began under an earlier stamp answers this request only if the ledger validates its entry. */
  get seesUpTo(): Stamp {
    return this.#seesUpTo;
  }

  get generation(): number {
    return this.#generation;
  }

  /** What this request has made for an owner and a partition once (a DataLoader for a definition): never for two (P2). */
  memo<T>({ owner, of }: { readonly owner: object; readonly of: Partition }, make: () => T): T {
    this.#memo ??= new Map<object, Map<Partition, unknown>>();
    let byPartition = this.#memo.get(owner);
    if (byPartition === undefined) this.#memo.set(owner, (byPartition = new Map<Partition, unknown>()));
    let made = byPartition.get(of);
    if (made === undefined) byPartition.set(of, (made = make()));
    return made as T;
  }

  /** The position that the copy was shown to cover, as the client sent it. */
  get proved(): string | null {
    return this.#proved;
  }

  /**
   * Called when the copy covers a position that the client was sent. From then on the request joins no older load, and its memo,
   * which was read before, is dropped. Its entries keep the earlier stamp, since its context was made under it (F1).
   */
  prove(after: string): void {
    this.#proved = after;
    this.#memo = null;
    this.#seesUpTo = this.ledger.stamp();
    this.#generation++;
  }

  /**
   * Adds a tag to all entries that the request has not stored yet: for reads that belong to no known load, in a DataLoader that
   * was made with the context.
   */
  dependOn(tag: Tag): void {
    this.#outside.add(tag);
  }

  /** Tags beside those that its loads collect. */
  get outsideTags(): ReadonlySet<Tag> {
    return this.#outside;
  }

  /** After a transaction of its own, a request sees the world anew: new stamp, new memo (F7). */
  renew(): void {
    this.#memo = null;
    this.#stamp = this.ledger.stamp();
    this.#seesUpTo = this.#stamp;
    this.#readAt = this.ledger.now();
    this.#isBehind = isBehind(this.ledger);
    this.#generation++;
  }
}

/** A change is pending here, or the copy is not known to be complete: then the position says nothing about the last second. */
function isBehind(ledger: Ledger): boolean {
  return ledger.hasPending || ledger.standing() !== 'trusted';
}
