import type { Entry } from './entry.js';
import type { CacheKey } from './key.js';

/**
 * Who loads a key. `mine`: this process, until it ends the lease. `taken`: another one does. `unshared`: another one did a
 * moment ago, and what it loaded was for itself alone: there is nothing to wait for.
 */
export type Holder = 'mine' | 'taken' | 'unshared';

/**
 * Who of several processes loads a key (C2). A lease ends by itself when its holder is gone. Where nobody can be asked,
 * everything is `mine`: several load then, and nobody waits.
 */
export interface Leases {
  /** At most one round trip. Not for keys that this process holds already. */
  acquire(keys: readonly CacheKey[]): Promise<readonly Holder[]>;
  /** What came with a look-up ends by itself, unless whoever loads keeps it. */
  keep(key: CacheKey): void;
  /** After the entry was stored, or when there is none. `unshared` is remembered for a second. */
  end(key: CacheKey, how: 'ended' | 'unshared'): Promise<void>;
  /** Resolves when it is worth another look. */
  wait(): Promise<void>;
}

export interface Following {
  readonly leases: Leases;
  /** The entry, if it has come and may be served. */
  readonly look: () => Promise<Entry | null>;
}

/** Whoever waits longer than this loads for itself, in milliseconds: a holder that lives may be slow. */
export const PATIENCE_MS = 5_000;

/** Waits for what another process loads. */
export async function follow(key: CacheKey, following: Following): Promise<Entry | Holder> {
  for (const began = performance.now(); performance.now() - began < PATIENCE_MS; ) {
    await following.leases.wait();
    const [holder, entry] = await askFor(key, following);
    if (entry !== null || holder !== 'taken') return entry ?? holder;
  }
  return 'taken';
}

/**
 * Asks who loads and looks for the entry, in this order: whoever stored it before ending its lease is found by one of the two,
 * so that nobody loads what has just been loaded.
 */
async function askFor(key: CacheKey, { leases, look }: Following): Promise<readonly [Holder, Entry | null]> {
  const [[holder = 'mine'], entry] = await Promise.all([leases.acquire([key]), look()]);
  if (holder === 'mine' && entry !== null) await leases.end(key, 'ended');
  return [holder, entry];
}
