import type { Invalidation, Ledger, LedgerView } from './ledger.js';

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

/**
 * Whether this node's copy of the ledger holds what the client has seen answered, after one sync if need be. What is not
 * covered even then, of another epoch or malformed, is read without the caches (F3).
 */
export async function isCovered(ledger: Ledger, after: string | null): Promise<boolean> {
  if (after === null) return true;
  if (after === BYPASS) return false;
  if (covers(ledger, after)) return true;
  await ledger.sync().catch(() => undefined);
  return covers(ledger, after);
}
