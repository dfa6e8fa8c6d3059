import type { MissReason } from './entry.js';
import type { Identity } from './key.js';
import type { Invalidation } from './ledger.js';
import type { Tag } from './tags.js';

/** What the engine did. Events carry keys, never values (P7). */
export type CacheEvent =
  | { readonly type: 'hit'; readonly of: Identity; readonly freshness: 'fresh' | 'stale'; readonly age: number }
  | { readonly type: 'miss'; readonly of: Identity; readonly reason: MissReason }
  /** Joined a load that was under way. */
  | { readonly type: 'join'; readonly of: Identity }
  /** Loaded without asking the cache: it is switched off, or the policy stores nothing. */
  | { readonly type: 'bypass'; readonly of: Identity; readonly reason: string }
  | { readonly type: 'load'; readonly of: Identity; readonly milliseconds: number }
  | { readonly type: 'store'; readonly of: Identity; readonly maxAge: number }
  /** Loaded, and not stored. */
  | { readonly type: 'skip'; readonly of: Identity; readonly reason: string }
  | { readonly type: 'error'; readonly of: Identity; readonly error: unknown }
  /** A hit was executed again, for comparison. */
  | { readonly type: 'compare'; readonly of: Identity }
  /** Though nothing has invalidated it, an entry says something else than its source: these tags it should have had. */
  | { readonly type: 'diverge'; readonly of: Identity; readonly path: string; readonly missing: readonly Tag[] }
  | { readonly type: 'invalidate'; readonly tags: readonly Tag[]; readonly result: Invalidation }
  | { readonly type: 'invalidate-failed'; readonly tags: readonly Tag[]; readonly error: unknown };

export type CacheListener = (event: CacheEvent) => void;

/** Hands events to listeners. A listener that throws is none of the request's business. */
export class CacheEvents {
  readonly #listeners = new Set<CacheListener>();

  /** @returns the function that ends the subscription. */
  on(listener: CacheListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: CacheEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        // Observing must not change what is observed.
      }
    }
  }
}
