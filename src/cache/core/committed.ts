import type { Stamp } from './entry.js';
import type { Invalidation } from './ledger.js';
import type { Reader } from './reader.js';

/** What is known of a transaction that has been committed and applied. */
export interface Committed {
  /** Where this node's copy of the ledger stood before the transaction began. */
  readonly before: Stamp;
  readonly invalidation: Invalidation;
}

/** Stores what a transaction has written, under the position of its own invalidation: see `Cache.writeThrough`. */
export type WriteThrough<Source> = (reader: Reader<Source>, committed: Committed) => Promise<void>;

/**
 * Whether another change of the same things may have come in between. If any position that the invalidation replaced is
 * above the one from before the transaction, another transaction was applied meanwhile, and which of the two was
 * committed last is not known.
 */
export function isOvertaken({ before, invalidation }: Committed): boolean {
  if (invalidation.epoch !== before.epoch) return true;
  for (const position of invalidation.replaced.values()) if (position > before.position) return true;
  return false;
}
