import { isUsable, judge, type Entry } from './entry.js';
import type { Ledger } from './ledger.js';
import type { Reading } from './reading.js';
import { RECENT_MS } from './recent-loads.js';
import type { Flight } from './single-flight.js';

/** Who wants to join a load, and by which copy of the ledger. */
export interface Joining {
  readonly reading: Pick<Reading<unknown>, 'at' | 'beganNoLaterThan' | 'readAt'>;
  readonly ledger: Ledger;
}

/** The second time, only what is certain to be of use: nobody waits for three loads, and all who may share one do. */
export function mayJoin(joining: Joining, flight: Flight, joins: number): boolean {
  if (isTooOldToTell(joining, flight.readAt)) return false;
  return joins === 0 || (joins === 1 && joining.reading.beganNoLaterThan(flight.stamp));
}

/**
 * Without trust, the copy does not tell what others have changed: all that a flight brings must have been read as lately as
 * such changes may take to show, also what it contains. Alone, the flight must have begun after this request did.
 */
export function isTooOldToTell({ reading, ledger }: Joining, beganAt: number, readAt = beganAt): boolean {
  const standing = ledger.standing();
  if (standing === 'alone') return beganAt < reading.readAt;
  return standing === 'synced' && readAt <= reading.readAt - RECENT_MS;
}

/**
 * Whether a reading that waited for a flight may have what it brought (F2). Validity is judged by the copy as it is on arrival,
 * lifetimes as they were when the reading began: a load that outlives its own value is shared by those who asked in time.
 */
export function mayHave({ reading, ledger }: Joining, entry: Entry, at: number): boolean {
  const verdict = judge(entry, reading.at(at).identity, { ledger, now: reading.readAt });
  return isUsable(verdict) || (verdict !== 'expired' && reading.beganNoLaterThan(entry.stamp));
}
