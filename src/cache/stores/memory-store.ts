import type { KeyvStoreAdapter, StoredData } from 'keyv';
import type { Clock } from '../../lib/clock.js';
import { partitionOfKey } from '../core/key.js';
import { seal } from '../core/seal.js';
import { FullestFirst, Shelf, type Item } from './shelf.js';

/** What an item occupies beside its value and its key: the map's slot, the item itself. */
const ITEM_BYTES = 160;

/** So many items are looked at for having expired whenever one is stored. */
const SWEPT_PER_SET = 2;

/** Values above this are not stored: one of them would push out many others (C4). */
export const DEFAULT_MAX_ENTRY_BYTES = 1024 * 1024;

export interface MemoryStoreOptions {
  readonly maxBytes: number;
  readonly maxEntryBytes?: number;
  /** First part of our keys, before the partition. */
  readonly prefix: string;
  readonly clock: Clock;
}

export interface MemoryStats {
  readonly entries: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly evictions: number;
}

/** A value to be stored; `bytes` for one that is sealed already and need not be walked again. */
export interface MemoryWrite {
  readonly key: string;
  readonly value: unknown;
  readonly ttl?: number;
  readonly bytes?: number;
}

/**
 * Keyv's store contract in this process. Keeps objects, not texts, so that a hit costs a look-up: they are frozen when
 * they come in. Bounded by bytes and fair: what has to go is the least recently used value of the partition that holds
 * most, so that one tenant cannot push out the others (C4). Every operation takes constant time, amortized.
 */
export class MemoryStore implements KeyvStoreAdapter {
  readonly opts = { dialect: 'memory' };
  namespace?: string | undefined;
  readonly #items = new Map<string, Item>();
  readonly #shelves = new Map<string, Shelf>();
  readonly #byFullness = new FullestFirst();
  readonly #maxEntryBytes: number;
  #sweep: Iterator<Item>;
  #bytes = 0;
  #evictions = 0;

  constructor(private readonly options: MemoryStoreOptions) {
    this.#maxEntryBytes = Math.min(options.maxEntryBytes ?? DEFAULT_MAX_ENTRY_BYTES, options.maxBytes);
    this.#sweep = this.#items.values();
  }

  /** The value, at once; undefined when there is none. */
  peek(key: string): unknown {
    const item = this.#items.get(key);
    if (item === undefined) return undefined;
    if (item.expiresAt <= this.options.clock.now()) {
      this.#drop(item);
      return undefined;
    }
    item.shelf.touch(item);
    return item.value;
  }

  /** Stores a value, at once; false when it is too large or not plain data: then the old one is gone, too. */
  put({ key, value, ttl, bytes = seal(value) ?? Infinity }: MemoryWrite): boolean {
    const before = this.#items.get(key);
    if (before !== undefined) this.#drop(before);
    const total = bytes + 2 * key.length + ITEM_BYTES;
    if (!(total <= this.#maxEntryBytes)) return false;
    const shelf = this.#shelfOf(partitionOfKey(key, this.options.prefix) ?? '');
    // Keyv's contract: no ttl, or 0, is no end.
    const expiresAt = ttl ? this.options.clock.now() + ttl : Infinity;
    const item: Item = { key, value, bytes: total, expiresAt, shelf, newer: null, older: null };
    this.#items.set(key, item);
    shelf.put(item);
    this.#bytes += total;
    this.#byFullness.moved(shelf);
    this.#dropExpired();
    this.#makeRoom();
    return true;
  }

  remove(key: string): boolean {
    const item = this.#items.get(key);
    if (item === undefined) return false;
    this.#drop(item);
    return true;
  }

  get<Value>(key: string): Promise<StoredData<Value> | undefined> {
    return Promise.resolve(this.peek(key) as StoredData<Value> | undefined);
  }

  getMany<Value>(keys: readonly string[]): Promise<StoredData<Value | undefined>[]> {
    return Promise.resolve(keys.map((key) => this.peek(key) as StoredData<Value | undefined>));
  }

  set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    return Promise.resolve(this.put({ key, value, ...(ttl === undefined ? {} : { ttl }) }));
  }

  setMany(writes: readonly MemoryWrite[]): Promise<void> {
    for (const write of writes) this.put(write);
    return Promise.resolve();
  }

  delete(key: string): Promise<boolean> {
    return Promise.resolve(this.remove(key));
  }

  deleteMany(keys: readonly string[]): Promise<boolean> {
    let any = false;
    for (const key of keys) any = this.remove(key) || any;
    return Promise.resolve(any);
  }

  has(key: string): Promise<boolean> {
    return Promise.resolve(this.peek(key) !== undefined);
  }

  clear(): Promise<void> {
    for (const item of this.#items.values()) this.#drop(item);
    return Promise.resolve();
  }

  clearPartition(partition: string): Promise<void> {
    const shelf = this.#shelves.get(partition);
    while (shelf?.oldest) this.#drop(shelf.oldest);
    return Promise.resolve();
  }

  /** Iterates over keys and values without expired ones; does not mark them as used. */
  *contents(): Iterable<readonly [string, unknown]> {
    const now = this.options.clock.now();
    for (const { key, value, expiresAt } of this.#items.values()) if (expiresAt > now) yield [key, value];
  }

  /** Memory has no failures to tell of. */
  on(): this {
    return this;
  }

  stats(): MemoryStats {
    return { entries: this.#items.size, bytes: this.#bytes, maxBytes: this.options.maxBytes, evictions: this.#evictions };
  }

  bytesOf(partition: string): number {
    return this.#shelves.get(partition)?.bytes ?? 0;
  }

  #shelfOf(partition: string): Shelf {
    let shelf = this.#shelves.get(partition);
    if (shelf === undefined) {
      this.#shelves.set(partition, (shelf = new Shelf(partition)));
      this.#byFullness.add(shelf);
    }
    return shelf;
  }

  #drop(item: Item): void {
    const { shelf } = item;
    this.#items.delete(item.key);
    shelf.take(item);
    this.#bytes -= item.bytes;
    if (shelf.oldest === null) {
      this.#shelves.delete(shelf.partition);
      this.#byFullness.remove(shelf);
    } else {
      this.#byFullness.moved(shelf);
    }
  }

  #makeRoom(): void {
    while (this.#bytes > this.options.maxBytes) {
      const item = this.#byFullness.fullest?.oldest;
      if (!item) return;
      this.#drop(item);
      this.#evictions++;
    }
  }

  /** Goes round all items, a little at a time: what expired must not take the room of what is alive. */
  #dropExpired(): void {
    const now = this.options.clock.now();
    for (let swept = 0; swept < SWEPT_PER_SET; swept++) {
      const next = this.#sweep.next();
      if (next.done === true) {
        this.#sweep = this.#items.values();
        return;
      }
      if (next.value.expiresAt <= now) this.#drop(next.value);
    }
  }
}
