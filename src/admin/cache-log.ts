import type { Cache, CacheEvent, Identity, Tag } from '../cache/index.js';
import type { Logger } from '../lib/logger.js';

/** Of a bulk invalidation, so many tags are named. */
const MAX_TAGS = 20;

/** Warns of entries that say something else than their source: a tag is missing, and what it is about may be stale. */
export function warnOfDivergence(cache: Pick<Cache, 'events'>, logger: Logger): void {
  cache.events.on((event) => {
    if (event.type === 'diverge') logger.warn(fieldsOf(event), 'a cached answer differs from its source, and nothing has invalidated it');
  });
}

/**
 * Logs each decision of the cache at level debug: what, for whom, found or not and why; never a value (P7).
 * At other levels it does not listen at all.
 *
 * @returns the function that ends it.
 */
export function logDecisions(cache: Pick<Cache, 'events'>, logger: Logger): () => void {
  if (!logger.isLevelEnabled('debug')) return () => undefined;
  return cache.events.on((event) => {
    logger.debug(fieldsOf(event), `cache ${event.type}`);
  });
}

function fieldsOf(event: CacheEvent): object {
  switch (event.type) {
    case 'hit':
      return { ...identified(event.of), freshness: event.freshness, age: event.age };
    case 'miss':
    case 'bypass':
    case 'skip':
      return { ...identified(event.of), reason: event.reason };
    case 'join':
    case 'compare':
      return identified(event.of);
    case 'diverge':
      return { ...identified(event.of), path: event.path, missing: shown(event.missing) };
    case 'load':
      return { ...identified(event.of), milliseconds: Math.round(event.milliseconds * 1000) / 1000 };
    case 'store':
      return { ...identified(event.of), maxAge: event.maxAge };
    case 'error':
      return { ...identified(event.of), error: nameOf(event.error) };
    case 'invalidate':
      return { ...shown(event.tags), epoch: event.result.epoch, position: event.result.position };
    case 'invalidate-failed':
      return { ...shown(event.tags), error: nameOf(event.error) };
  }
}

function identified({ key, subject, partition }: Identity): object {
  return { layer: subject.layer, subject: subject.name, partition, key };
}

/** A predicate's columns are named, what they were compared with is not: it comes from rows. */
function shown(tags: readonly Tag[]): object {
  return { tags: tags.slice(0, MAX_TAGS).map((tag) => tag.replace(/[=~^][^&:]*/g, '')), count: tags.length };
}

/** Not the message: a database's names the parameters of the query. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
