import type { Cache } from './cache.js';
import type { Collector } from './collector.js';
import { judgeAgain, type Entry } from './entry.js';
import type { CacheKey, Identity, Subject } from './key.js';
import type { CacheRequest } from './request.js';
import { EVERYTHING, GLOBAL, tags } from './tags.js';

export interface RememberedOptions {
  /** Unique among the layer `value`, for purges. */
  readonly name: string;
  /** So many values are kept; the longest unused goes first. */
  readonly max: number;
  /** Milliseconds, at most; what a value was made of may end it sooner. */
  readonly maxAge: number;
}

/**
 * What was made of what a request has read, kept as it is in this process and judged like every entry: for what each
 * request needs before anything else, and cannot wait for. Never in a store, so that it need not be plain data.
 */
export class Remembered<T> {
  readonly #entries = new Map<string, Entry<T>>();
  /** What all of them are, as far as they are judged by it. */
  readonly #of: Identity;

  constructor(private readonly options: RememberedOptions) {
    const subject: Subject = { layer: 'value', name: options.name, version: '1' };
    this.#of = { key: options.name as CacheKey, subject, partition: GLOBAL, implied: [EVERYTHING, tags.partition(GLOBAL), tags.field(null, options.name)] };
  }

  /** The value, if it may be served now; waits for nothing. */
  get(cache: Cache, request: CacheRequest, key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || request.bypass || cache.ledger.standing() !== 'trusted') return undefined;
    if (judgeAgain(entry, this.#of, { ledger: cache.ledger, now: cache.ledger.now() }) !== 'fresh') {
      this.#entries.delete(key);
      return undefined;
    }
    // To the end, once there is a question of who has to go: those at the front are the longest unused.
    if (this.#entries.size > this.options.max / 2) {
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
    return entry.value;
  }

  /** @param collector what the value was made of, read by the request. */
  set(request: CacheRequest, key: string, { value, collector }: { readonly value: T; readonly collector: Collector }): void {
    if (request.bypass || collector.notStorable !== null) return;
    const { began } = request;
    const policy = { maxAge: this.options.maxAge, staleWhileRevalidate: 0, scope: 'PRIVATE' } as const;
    this.#entries.delete(key);
    for (const [oldest] of this.#entries) {
      if (this.#entries.size < this.options.max) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, { value, tags: collector.tags, stamp: began.stamp, ...collector.lifetime(policy, began.readAt), scope: 'PRIVATE', cost: 0 });
  }
}
