import type { Entry } from './entry.js';
import type { Lookup } from './reading.js';

/** When each entry is to be loaded anew, drawn once for each in this process. */
const dueAt = new WeakMap<Entry, number>();

/**
 * Whether an entry that is answered is to be loaded anew meanwhile: in its grace; or, where there is none, a while before it ends,
 * the longer the more its load costs, and another one in each process. In one process the draw need not be repeated for each
 * request: loads are shared.
 *
 * Vattani, Chierichetti, Lowenstein: Optimal Probabilistic Cache Stampede Prevention, PVLDB 8 (2015), with β = 1.
 */
export function isDue({ policy, outermost }: Lookup, entry: Entry, now: number): boolean {
  if (outermost !== true) return false;
  if (now >= entry.freshUntil) return true;
  if (policy.staleWhileRevalidate > 0 || now < entry.freshUntil - entry.cost * LONGEST_DRAW) return false;
  return now >= endOf(entry);
}

/** No draw is longer: of all numbers below 1, the logarithm of the rest is at most 53 times that of 2. Most hits need none. */
const LONGEST_DRAW = 37;

function endOf(entry: Entry): number {
  let at = dueAt.get(entry);
  // 1 - [0, 1) is never 0, whose logarithm would make every entry due.
  if (at === undefined) dueAt.set(entry, (at = entry.freshUntil + entry.cost * Math.log(1 - Math.random())));
  return at;
}
