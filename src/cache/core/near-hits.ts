import type { Cache } from './cache.js';
import { judgeAgain, type Entry } from './entry.js';
import type { Lookup } from './reading.js';
import { isDue } from './refresh.js';

/**
 * Entries that are in this process and may be served now: all of them, or null. Waits for nothing, and tells of hits alone:
 * whoever gets null asks `cache.readMany`, which tells what was missing.
 */
export function nearHits<T>({ store, ledger, events }: Cache, lookups: readonly Lookup[]): readonly Entry<T>[] | null {
  if (store.peek === undefined || ledger.standing() !== 'trusted') return null;
  const now = ledger.now();
  const found: Entry<T>[] = [];
  for (const lookup of lookups) {
    const { identity } = lookup;
    const entry = store.peek(identity.key) as Entry<T> | undefined;
    if (entry === undefined || judgeAgain(entry, identity, { ledger, now }) !== 'fresh' || isDue(lookup, entry, now)) return null;
    found.push(entry);
  }
  found.forEach(({ readAt }, at) => {
    const { identity } = lookups[at] as Lookup;
    events.emit({ type: 'hit', of: identity, freshness: 'fresh', age: now - readAt });
  });
  return found;
}
