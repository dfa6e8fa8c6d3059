import type { Cache, CacheEvent } from '../../src/cache/index.js';

/** What the cache did, as `layer name`, in order, each as often as it happened. */
export interface Decisions {
  readonly hits: readonly string[];
  readonly misses: readonly string[];
  readonly stored: readonly string[];
  readonly events: readonly CacheEvent[];
}

/** Listens to a cache while something is done. */
export async function decisionsDuring(cache: Pick<Cache, 'events'>, work: () => Promise<unknown>): Promise<Decisions> {
  const events: CacheEvent[] = [];
  const stop = cache.events.on((event) => events.push(event));
  try {
    await work();
  } finally {
    stop();
  }
  const named = (type: 'hit' | 'miss' | 'store'): string[] =>
    events.flatMap((event) => (event.type === type ? [`${event.of.subject.layer} ${event.of.subject.name}`] : []));
  return { hits: named('hit'), misses: named('miss'), stored: named('store'), events };
}
