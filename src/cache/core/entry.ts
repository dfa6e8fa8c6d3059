import type { CacheScope } from './policy.js';
import type { LedgerView } from './ledger.js';
import type { Identity } from './key.js';
import type { Tag } from './tags.js';

/** The place in the ledger at which a load began: what was invalidated later is not in the entry (F1). */
export interface Stamp {
  readonly epoch: string;
  readonly position: number;
}

/** What is stored under a key. Plain data: it must survive JSON. */
export interface Entry<T = unknown> {
  readonly value: T;
  readonly tags: readonly Tag[];
  readonly stamp: Stamp;
  /** When the stamp was taken. This and the two ends of life are milliseconds on the ledger's clock. */
  readonly readAt: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly scope: CacheScope;
  /** Milliseconds that the load took. */
  readonly cost: number;
}

export type Verdict = 'fresh' | 'stale' | MissReason;

/** Why a stored entry may not be served. `absent` is no entry at all; `alone` is a node that may trust none. */
export type MissReason = 'absent' | 'expired' | 'invalidated' | 'epoch' | 'trimmed' | 'pending' | 'alone';

export function isUsable(verdict: Verdict): verdict is 'fresh' | 'stale' {
  return verdict === 'fresh' || verdict === 'stale';
}

/** By which copy of the ledger, and at which time, an entry is judged. */
export interface Moment {
  readonly ledger: LedgerView;
  readonly now: number;
}

/**
 * Whether an entry may be served at a moment. A pure function of entry, ledger copy and time; validity comes from the ledger
 * alone, clocks only end lifetimes (F5).
 */
export function judge(entry: Entry, of: Identity, moment: Moment): Verdict {
  return whyInvalid(entry, of, moment.ledger) ?? ageOf(entry, moment.now);
}

/** Which copy of the ledger has nothing against an entry, as it was after so many changes. */
interface Passed {
  readonly ledger: LedgerView;
  readonly changes: number;
  readonly of: Identity;
}

const passed = new WeakMap<Entry, Passed>();

/** The same, for entries that are judged again and again: their tags are looked up once for each change of the copy. */
export function judgeAgain(entry: Entry, of: Identity, { ledger, now }: Moment): Verdict {
  const known = passed.get(entry);
  if (known === undefined || known.changes !== ledger.changes || known.ledger !== ledger || known.of.key !== of.key) {
    const { changes } = ledger;
    const reason = whyInvalid(entry, of, ledger);
    if (reason !== null) return reason;
    passed.set(entry, { ledger, changes, of });
  }
  return ageOf(entry, now);
}

function ageOf(entry: Entry, now: number): Verdict {
  if (now < entry.freshUntil) return 'fresh';
  return now < entry.staleUntil ? 'stale' : 'expired';
}

function whyInvalid(entry: Entry, of: Identity, ledger: LedgerView): MissReason | null {
  if (entry.stamp.epoch !== ledger.epoch) return 'epoch';
  const since = entry.stamp.position;
  if (since < ledger.floorOf(of.partition)) return 'trimmed';
  for (const tag of of.implied) if (ledger.positionOf(tag) > since) return 'invalidated';
  for (const tag of entry.tags) if (ledger.positionOf(tag) > since) return 'invalidated';
  if (ledger.hasPending && (ledger.isPending(entry.tags) || ledger.isPending(of.implied))) return 'pending';
  return null;
}
