import type { Invalidation, LedgerView } from './ledger.js';

/** What a mutation whose invalidation is pending hands out: no position covers it yet, so strong reads bypass the caches. */
export const BYPASS = 'bypass';

/** The text of a place in the ledger, for `Larder-Position` and `Larder-After`. */
export function positionToken({ epoch, position }: Pick<Invalidation, 'epoch' | 'position'>): string {
  return `${epoch}:${position}`;
}

/** Whether a copy of the ledger holds everything up to a token; false for one that is malformed or of another epoch. */
export function covers(view: LedgerView, token: string): boolean {
  const [, epoch, position] = /^([0-9a-f-]{36}):(\d{1,16})$/.exec(token) ?? [];
  return epoch !== undefined && epoch === view.epoch && view.position >= Number(position);
}
