import type { Entry } from './entry.js';
import type { CacheKey } from './key.js';

/** How long a node that is alone keeps what it has loaded itself, in milliseconds from when the load began. */
export const RECENT_MS = 1000;

/** Bound of what is kept: a node that is alone sheds load from the database, and does not cache. */
const MAX_LOADS = 2000;

/**
 * What this node has loaded while it was alone. Shared for a second at most, which is as long as another node's change
 * may take to show (F3); this node's own changes are seen at once, since their tags are judged like anywhere else.
 */
export class RecentLoads {
  // In the order of their loads, more or less: those at the front are the first to be too old.
  readonly #loads = new Map<CacheKey, Entry>();

  /** @param now on the ledger's clock. */
  get(key: CacheKey, now: number): Entry | undefined {
    const entry = this.#loads.get(key);
    if (entry === undefined || isRecent(entry, now)) return entry;
    this.#loads.delete(key);
    return undefined;
  }

  keep(key: CacheKey, entry: Entry, now: number): void {
    for (const [oldest, kept] of this.#loads) {
      if (this.#loads.size < MAX_LOADS && isRecent(kept, now)) break;
      this.#loads.delete(oldest);
    }
    this.#loads.set(key, entry);
  }
}

function isRecent(entry: Entry, now: number): boolean {
  // A clock that was set back would otherwise keep it for ever.
  return Math.abs(now - entry.readAt) < RECENT_MS;
}
