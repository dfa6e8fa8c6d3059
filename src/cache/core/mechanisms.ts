/**
 * What the invariants rest on, by name. Tests take one out, by an argument of theirs alone, to show that something then
 * fails: a mechanism that nothing misses is not needed, or not tested.
 *
 * For freshness:
 *
 * - `stamp`: an entry carries the position at which its request began, not the one at which its load ended (F1)
 * - `flight-check`: who joins a load judges what it brought (F2)
 * - `trust`: stored entries are judged only for a second after the last sync and poll (F3, F4)
 * - `outbox`: what was committed and not applied is found by a poll, and by the next change that is answered (F1, F4)
 * - `mark-per-epoch`: a row of the outbox is marked with the epoch it was applied under, not with a mere yes (F4)
 * - `epoch-rule`: a ledger that lost something begins another epoch (F5)
 * - `predicate-tags`: changed rows emit the predicates of lists (F6)
 * - `remaining-lifetime`: what contains an entry lives no longer than that
 *
 * For privacy:
 *
 * - `static-scope`: a selection is as private as the strictest type that it can answer, whatever it does answer (P1)
 * - `sharing-check`: what a load turned out to contain decides whether others may have it (P1, P2, P4)
 * - `viewer-in-key`: a PRIVATE piece is its viewer's, while it is loaded and afterwards (P1, P4)
 * - `partition-in-key`: everything is one partition's (P2)
 * - `permissions-in-key`: a piece is for those who hold what its fields require (P2, P3)
 * - `typed-keys`: keys tell types and boundaries apart (P5)
 * - `queries-only`: what a mutation answers is neither stored nor taken from the cache (P6)
 */
export const MECHANISMS = [
  'stamp',
  'flight-check',
  'trust',
  'outbox',
  'mark-per-epoch',
  'epoch-rule',
  'predicate-tags',
  'remaining-lifetime',
  'static-scope',
  'sharing-check',
  'viewer-in-key',
  'partition-in-key',
  'permissions-in-key',
  'typed-keys',
  'queries-only',
] as const;

export type Mechanism = (typeof MECHANISMS)[number];

/** The mechanisms that are taken out: none, but in a test of the mechanisms themselves. */
export type Without = ReadonlySet<Mechanism>;

export const NOTHING: Without = new Set();
