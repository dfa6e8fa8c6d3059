/** A stored value and its place among those of its partition, most recently used first. */
export interface Item {
  readonly key: string;
  readonly value: unknown;
  readonly bytes: number;
  /** Milliseconds on the store's clock; Infinity without an end. */
  readonly expiresAt: number;
  readonly shelf: Shelf;
  newer: Item | null;
  older: Item | null;
}

/** What one partition keeps in memory. */
export class Shelf {
  bytes = 0;
  /** Its place among the shelves, kept by `FullestFirst`. */
  rank = -1;
  #newest: Item | null = null;
  #oldest: Item | null = null;

  constructor(readonly partition: string) {}

  get oldest(): Item | null {
    return this.#oldest;
  }

  put(item: Item): void {
    this.bytes += item.bytes;
    this.#linkFirst(item);
  }

  take(item: Item): void {
    this.bytes -= item.bytes;
    this.#unlink(item);
  }

  touch(item: Item): void {
    if (this.#newest === item) return;
    this.#unlink(item);
    this.#linkFirst(item);
  }

  #linkFirst(item: Item): void {
    item.newer = null;
    item.older = this.#newest;
    if (this.#newest === null) this.#oldest = item;
    else this.#newest.newer = item;
    this.#newest = item;
  }

  #unlink(item: Item): void {
    if (item.newer === null) this.#newest = item.older;
    else item.newer.older = item.older;
    if (item.older === null) this.#oldest = item.newer;
    else item.older.newer = item.newer;
  }
}

/**
 * Shelves with the fullest at hand: a binary heap by bytes. However many tenants there are, finding the one that holds
 * most costs nothing and keeping the order costs a few comparisons.
 */
export class FullestFirst {
  readonly #heap: Shelf[] = [];

  get fullest(): Shelf | undefined {
    return this.#heap[0];
  }

  add(shelf: Shelf): void {
    this.#place(shelf, this.#heap.length);
    this.#rise(shelf);
  }

  remove(shelf: Shelf): void {
    const last = this.#heap.pop();
    if (last === undefined || last === shelf) return;
    this.#place(last, shelf.rank);
    this.moved(last);
  }

  /** To be called when a shelf's bytes have changed. */
  moved(shelf: Shelf): void {
    this.#rise(shelf);
    this.#sink(shelf);
  }

  #rise(shelf: Shelf): void {
    while (shelf.rank > 0) {
      const parent = this.#heap[(shelf.rank - 1) >> 1];
      if (parent === undefined || parent.bytes >= shelf.bytes) return;
      this.#swap(parent, shelf);
    }
  }

  #sink(shelf: Shelf): void {
    for (;;) {
      const left = this.#heap[2 * shelf.rank + 1];
      const right = this.#heap[2 * shelf.rank + 2];
      const fuller = left !== undefined && right !== undefined && right.bytes > left.bytes ? right : left;
      if (fuller === undefined || fuller.bytes <= shelf.bytes) return;
      this.#swap(shelf, fuller);
    }
  }

  #swap(a: Shelf, b: Shelf): void {
    const rank = a.rank;
    this.#place(a, b.rank);
    this.#place(b, rank);
  }

  #place(shelf: Shelf, rank: number): void {
    this.#heap[rank] = shelf;
    shelf.rank = rank;
  }
}
