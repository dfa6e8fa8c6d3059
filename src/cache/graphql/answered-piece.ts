import type { Entry } from '../core/entry.js';
import type { CacheEvent } from '../core/events.js';
import type { Identity } from '../core/key.js';
import type { Executed } from './execute-pieces.js';
import type { OperationPlan, PlannedPiece } from './operation-plan.js';
import type { Variables } from './template.js';

/** One query to be answered. */
export interface Question<Context> {
  readonly plan: OperationPlan;
  readonly context: Context;
  /** As they were sent. */
  readonly variables: Variables;
  /** Others ask with the same object: what is executed gets a copy, since a resolver may do as it likes with what it is given. */
  readonly areShared?: boolean;
}

/** One root field of an answer. */
export interface AnsweredPiece extends Executed {
  readonly piece: PlannedPiece;
  /** What it was stored as, or would have been; null for what no cache was asked for. */
  readonly entry: Entry | null;
  /** Under which it was looked up; null for what no cache was asked for. */
  readonly identity: Identity | null;
  /** Why no cache was asked. */
  readonly because: string | null;
  /** Found fresh in the cache. */
  readonly isHit: boolean;
  /** What happened in the cache, in order; of what was found near, nothing is noted. */
  readonly events: readonly CacheEvent[];
}

/** The `data` of an answer, as graphql would have written it. */
export function joinPieces(pieces: readonly AnsweredPiece[]): string {
  if (pieces.some(({ nullsAll }) => nullsAll)) return 'null';
  return `{${pieces.map(({ piece, json }) => `"${piece.responseName}":${json}`).join(',')}}`;
}
