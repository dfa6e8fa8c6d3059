import { describe, expect, it } from 'vitest';
import type { CacheEvent } from '../core/events.js';
import { httpPolicy } from './http-policy.js';
import type { AnsweredPiece } from './answered-piece.js';

/** Read at 0, fresh until a minute later. */
const piece = (changes: Partial<AnsweredPiece>): AnsweredPiece =>
  ({
    piece: { kind: 'stored', responseName: 'a', permissions: [] },
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
    expect(httpPolicy([answered], now, { downstream: 'cdn' })).toEqual({ cacheTag: null, cacheStatus, cacheControl: `public, max-age=0, s-maxage=${lifetime}`, age: now / 1_000, isStored: true });
  });

  it.each(['revalidate', 'cdn', 'all'] as const)('is to be asked for each time where a permission took part, in the mode %s', (downstream) => {
    const permitted = piece({ piece: { kind: 'stored', responseName: 'a', permissions: ['STAFF'] } as unknown as AnsweredPiece['piece'] });
    for (const pieces of [[permitted], [piece({}), permitted]]) {
      expect(httpPolicy(pieces, 0, { downstream, cacheTagBytes: 1_000 })).toMatchObject({ cacheControl: 'private, no-cache', cacheTag: null, isStored: true });
    }
  });

  it('are tags where they are asked for, and other caches may keep the answer', () => {
    const tagged = (changes: object): AnsweredPiece => piece({ entry: { readAt: 0, freshUntil: 60_000, scope: 'PUBLIC', tags: ['t/shop/medicines/7'], ...changes } as unknown as AnsweredPiece['entry'] });
    const told = (answered: AnsweredPiece, cacheTagBytes: number): string | null => httpPolicy([answered], 0, { downstream: 'cdn', cacheTagBytes }).cacheTag;
    expect(told(tagged({}), 1_000)).toBe('t/shop/medicines/7,t/shop/medicines,t/shop');
    expect(told(tagged({}), 0)).toBeNull();
    expect(told(tagged({ scope: 'PRIVATE' }), 1_000)).toBeNull();
    expect(told({ ...tagged({}), errors: [new Error('x')] } as unknown as AnsweredPiece, 1_000)).toBeNull();
  });
});
