import type { Cache } from './cache.js';
import { judgeAgain, type Entry } from './entry.js';
import type { Lookup } from './reading.js';
import { isDue } from './refresh.js';

/**
 * Entries that are in this process and may be served now: all of them, or null. Waits for nothing, and tells of hits alone:
 * whoever gets null asks `cache.readMany`, which tells what was missing.
 */
export function nearHits<T>(cache: Cache, lookups: readonly Lookup[]): readonly Entry<T>[] | null {
  const { store } = cache;
  if (store.peek === undefined) return null;
  const found: Entry<T>[] = [];
  for (const { identity } of lookups) {
    const entry = store.peek(identity.key) as Entry<T> | undefined;
    if (entry === undefined) return null;
    found.push(entry);
  }
  return hitsAmong(cache, lookups, found);
}

/** What was found, wherever and for whomever, if it is everything and may be served now; else null. Tells of hits alone. */
export function hitsAmong<T>({ ledger, events }: Cache, lookups: readonly Lookup[], found: readonly (Entry<T> | undefined)[]): readonly Entry<T>[] | null {
  if (ledger.standing() !== 'trusted') return null;
  const now = ledger.now();
  for (let at = 0; at < lookups.length; at++) {
    const lookup = lookups[at] as Lookup;
    const entry = found[at];
    if (entry === undefined || judgeAgain(entry, lookup.identity, { ledger, now }) !== 'fresh' || isDue(lookup, entry, now)) return null;
  }
  const hits = found as readonly Entry<T>[];
  hits.forEach(({ readAt }, at) => {
    const { identity } = lookups[at] as Lookup;
    events.emit({ type: 'hit', of: identity, freshness: 'fresh', age: now - readAt });
  });
  return hits;
}
