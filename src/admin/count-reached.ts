import { EVERYTHING, isUsable, judge, partition, tags as make, type CacheKey, type Entry, type Identity, type Layer, type Tag } from '../cache/index.js';
import type { Admin } from './admin.js';

/** How much of this node's memory a purge reached. */
export interface Reached {
  /** Entries that were valid and carry one of the tags, or are what one of them names. */
  readonly entries: number;
  /** Entries that were looked at. */
  readonly examined: number;
}

/** Upper bound of tag comparisons, some milliseconds of work: a purge costs the same however much is stored (C3). */
const MAX_COMPARISONS = 100_000;

/**
 * Counts the entries in this node's memory that an invalidation of tags is going to reach. Call it before the invalidation.
 *
 * @returns null where this node keeps no entries in its memory.
 */
export function countReached({ cache: { store, ledger }, keyPrefix }: Pick<Admin, 'cache' | 'keyPrefix'>, tags: readonly Tag[]): Reached | null {
  const kept = store.inMemory?.();
  if (kept === undefined) return null;
  const purged = new Set(tags);
  const now = ledger.now();
  let [entries, examined, comparisons] = [0, 0, 0];
  for (const [key, entry] of kept) {
    const identity = identityOf(key, keyPrefix);
    if (identity === null) continue;
    comparisons += entry.tags.length + identity.implied.length;
    if (comparisons > MAX_COMPARISONS) break;
    examined++;
    if (isReached(entry, identity, purged) && isUsable(judge(entry, identity, { ledger, now }))) entries++;
  }
  return { entries, examined };
}

function isReached(entry: Entry, { implied }: Identity, purged: ReadonlySet<Tag>): boolean {
  return implied.some((tag) => purged.has(tag)) || entry.tags.some((tag) => purged.has(tag));
}

/** What a key tells of its entry: `prefix:partition:layer:name:hash`. Null for a text that is no key of an entry. */
function identityOf(key: CacheKey, prefix: string): Identity | null {
  const [owner, layer, ...rest] = key.slice(prefix.length + 1).split(':');
  const name = rest.slice(0, -1).join(':');
  if (owner === undefined || layer === undefined || name === '') return null;
  const of = partition(owner);
  const implied = [EVERYTHING, make.partition(of), make.field(null, name), make.field(of, name), make.key(key)];
  return { key, subject: { layer: layer as Layer, name, version: '' }, partition: of, implied };
}
