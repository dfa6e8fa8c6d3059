import { cacheTag } from './cache-tag.js';
import type { AnsweredPiece } from './answered-piece.js';

/** What browsers and shared caches may do with an answer: nothing without asking, or what freshness is given up for. */
export type DownstreamCache = 'revalidate' | 'cdn' | 'all';

export interface HttpPolicy {
  readonly cacheControl: string;
  /** Seconds since the oldest piece was read; null where nothing is stored. */
  readonly age: number | null;
  /** RFC 9211. */
  readonly cacheStatus: string;
  /** Whether it may be compared by its ETag. */
  readonly isStored: boolean;
  /** What CDNs purge by; null where they keep nothing, or nobody has asked for it. */
  readonly cacheTag: string | null;
}

export interface HttpPolicyOptions {
  readonly downstream: DownstreamCache;
  /** Of the header `Cache-Tag`; 0 for none. */
  readonly cacheTagBytes?: number;
}

const NAME = 'Larder';

/** What an answer's headers say (RFC 9111, section 5; RFC 9211). Milliseconds become seconds here. */
export function httpPolicy(pieces: readonly AnsweredPiece[], now: number, { downstream: mode, cacheTagBytes = 0 }: HttpPolicyOptions): HttpPolicy {
  let readAt = Infinity;
  let freshUntil = Infinity;
  let isPrivate = false;
  /** Whether a field requires a permission. Viewers may lose it, so each request has to check it again. */
  let isPermitted = false;
  let isStored = true;
  let hits = 0;
  let misses = 0;
  for (const { piece, entry, errors, isHit, events } of pieces) {
    if (piece.kind === 'typename') continue;
    // Served in its grace it is a hit, too, whose lifetime is over (RFC 9211, section 2.4).
    if (isHit || events.some(({ type }) => type === 'hit')) hits++;
    else misses++;
    if (entry === null || errors.length > 0 || events.some(({ type }) => type === 'skip' || type === 'bypass')) {
      isStored = false;
      continue;
    }
    readAt = Math.min(readAt, entry.readAt);
    freshUntil = Math.min(freshUntil, entry.freshUntil);
    if (entry.scope === 'PRIVATE') isPrivate = true;
    if (piece.permissions.length > 0) isPermitted = true;
  }
  const ttl = Math.floor((freshUntil - now) / 1000);
  const forward = hits > 0 ? 'partial' : isStored ? 'miss' : 'bypass';
  const cacheStatus = misses === 0 ? `${NAME}; hit; ttl=${ttl}` : `${NAME}; fwd=${forward}${isStored ? '; stored' : ''}`;
  if (!isStored || freshUntil === Infinity) return { cacheControl: 'no-store', age: null, cacheStatus, isStored: false, cacheTag: null };
  const age = Math.max(0, Math.floor((now - readAt) / 1000));
  return { cacheControl: cacheControl({ isPrivate, isPermitted, lifetime: age + Math.max(0, ttl), mode }), age, cacheStatus, isStored: true, cacheTag: cacheTagBytes > 0 && !isPrivate && !isPermitted ? cacheTag(pieces, cacheTagBytes) : null };
}

interface Told {
  readonly isPrivate: boolean;
  readonly isPermitted: boolean;
  /** Seconds. */
  readonly lifetime: number;
  readonly mode: DownstreamCache;
}

function cacheControl({ isPrivate, isPermitted, lifetime, mode }: Told): string {
  if (isPermitted) return 'private, no-cache';
  if (mode === 'all') return isPrivate ? `private, max-age=${lifetime}` : `public, max-age=${lifetime}`;
  if (isPrivate) return 'private, no-cache';
  return mode === 'cdn' ? `public, max-age=0, s-maxage=${lifetime}` : 'no-cache';
}
