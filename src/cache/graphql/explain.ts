import type { CacheEvent } from '../core/events.js';
import type { Reader } from '../core/reader.js';
import type { AnsweredPiece } from './answered-piece.js';

/** How one root field was answered. Times in seconds. */
export interface Explanation {
  readonly layer: 'response' | 'none';
  readonly outcome: 'hit' | 'stale' | 'miss' | 'joined' | 'bypass';
  /** Why it was no hit, or why nothing was stored. */
  readonly reason: string | null;
  readonly age: number | null;
  /** What is left of its life; 0 for what is not stored. */
  readonly maxAge: number;
  /** What ends its life first: the field whose hint does, or something in it that was read before. */
  readonly limitedBy: string | null;
  readonly scope: string;
  readonly tags: readonly string[];
}

/** Explains an answer, by the names of its root fields. */
export function explain(pieces: readonly AnsweredPiece[], reader: Pick<Reader<unknown>, 'cache'> | null): Readonly<Record<string, Explanation>> {
  const now = reader?.cache.ledger.now() ?? 0;
  return Object.fromEntries(pieces.map((piece) => [piece.piece.responseName, explanationOf(piece, now)]));
}

function explanationOf({ piece, entry, events, because, isHit }: AnsweredPiece, now: number): Explanation {
  const { limitedBy, scope } = piece.selected;
  if (entry === null) return { layer: 'none', outcome: 'bypass', reason: because, age: null, maxAge: 0, limitedBy, scope, tags: [] };
  const skipped = events.find((event) => event.type === 'skip');
  const missed = events.find((event) => event.type === 'miss');
  const left = skipped === undefined ? Math.max(0, entry.freshUntil - now) : 0;
  const isCut = Math.round(entry.freshUntil - entry.readAt) < piece.policy.maxAge;
  return {
    layer: 'response',
    outcome: isHit ? 'hit' : outcomeOf(events),
    reason: skipped?.reason ?? missed?.reason ?? null,
    age: Math.max(0, now - entry.readAt) / 1000,
    maxAge: left / 1000,
    limitedBy: isCut ? 'something in it that is older or lives shorter' : limitedBy,
    scope: entry.scope,
    tags: entry.tags,
  };
}

function outcomeOf(events: readonly CacheEvent[]): Explanation['outcome'] {
  for (const event of events) {
    if (event.type === 'hit') return 'stale';
    if (event.type === 'join') return 'joined';
    if (event.type === 'bypass') return 'bypass';
  }
  return 'miss';
}
