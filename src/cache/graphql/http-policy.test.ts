import { describe, expect, it } from 'vitest';
import type { CacheEvent } from '../core/events.js';
import { httpPolicy } from './http-policy.js';
import type { AnsweredPiece } from './response-cache.js';

/** Read at 0, fresh until a minute later. */
const piece = (changes: Partial<AnsweredPiece>): AnsweredPiece =>
  ({
    piece: { kind: 'stored', responseName: 'a' },
    entry: { readAt: 0, freshUntil: 60_000, scope: 'PUBLIC' },
    errors: [],
    events: [],
    isHit: false,
    ...changes,
  }) as unknown as AnsweredPiece;
const staleHit = [{ type: 'hit', freshness: 'stale' } as unknown as CacheEvent];

describe('what HTTP is told of an answer', () => {
  it.each([
    { what: 'a fresh hit', answered: piece({ isHit: true }), now: 20_000, cacheStatus: 'Larder; hit; ttl=40', lifetime: 60 },
    { what: 'a hit in its grace, whose lifetime is over', answered: piece({ events: staleHit }), now: 65_000, cacheStatus: 'Larder; hit; ttl=-5', lifetime: 65 },
    { what: 'a miss', answered: piece({}), now: 20_000, cacheStatus: 'Larder; fwd=miss; stored', lifetime: 60 },
  ])('is for $what', ({ answered, now, cacheStatus, lifetime }) => {
    expect(httpPolicy([answered], now, 'cdn')).toEqual({ cacheStatus, cacheControl: `public, max-age=0, s-maxage=${lifetime}`, age: now / 1_000, isStored: true });
  });
});
