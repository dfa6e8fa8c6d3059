import type { Entry, Stamp } from './entry.js';
import type { CacheScope } from './policy.js';
import type { Began } from './single-flight.js';
import type { Tag } from './tags.js';

/**
 * An entry of what is never stored. Its lifetime is over at once, so that whatever takes it over is neither stored nor shared; its
 * tags are made for who asks for them, which on a request's way nobody does. No plain data: it never reaches a store.
 */
export class UnstoredEntry<T> implements Entry<T> {
  readonly stamp: Stamp;
  readonly readAt: number;
  readonly freshUntil = -Infinity;
  readonly staleUntil = -Infinity;
  readonly cost = 0;
  readonly #tags: () => readonly Tag[];

  constructor(
    readonly value: T,
    readonly scope: CacheScope,
    { began, tags }: { readonly began: Began; readonly tags: () => readonly Tag[] },
  ) {
    this.stamp = began.stamp;
    this.readAt = began.readAt;
    this.#tags = tags;
  }

  get tags(): readonly Tag[] {
    return this.#tags();
  }
}
