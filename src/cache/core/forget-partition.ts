import { setTimeout as delay } from 'node:timers/promises';
import type { Cache } from './cache.js';
import { TRUST_MS } from './standing.js';
import { tags, type Partition } from './tags.js';

/**
 * Removes a partition that is gone from the stores: its bytes, not only their validity. To be called when nothing of it
 * can be read any more. What other nodes keep of it in their own memory is invalid, and goes when its time is over.
 */
export async function forgetPartition(cache: Cache, of: Partition): Promise<void> {
  // From when a node has heard of it, it stores nothing that it read before.
  const isShared = cache.ledger.report().kind !== 'memory';
  await cache.invalidate([tags.partition(of)]).catch(() => undefined);
  // By then every node has heard of it, or trusts nothing and therefore stores nothing.
  if (isShared) await delay(TRUST_MS);
  await cache.store.clearPartition(of);
}
