import { atMost, holds, note, number, p50, p99, tally, type Figure } from './figures.js';
import type { Observation } from './traffic.js';

/** Instants of a trial, in milliseconds of `performance.now`. */
export interface Outage {
  readonly part: string;
  readonly began: number;
  readonly ended: number;
  /** REQUEST_TIMEOUT_MS of the node. */
  readonly timeLimit: number;
  /** Where only what stood is broken and new connections work: the time within which hits are back, in milliseconds. */
  readonly recoversWithin?: number;
}

/** Milliseconds after the outage by which everything must be normal. */
const SETTLED_AFTER = 2_000;
/** Milliseconds that the p99 of known queries may be above that before the outage. */
const SLOWER = 100;
/** Codes that are expected during an outage. */
const UNAVAILABLE = new Set(['SERVICE_UNAVAILABLE', 'REQUEST_TIMEOUT']);

/** What clients saw before, during and after an outage, and the bars of it. */
export function judgeOutage(observations: readonly Observation[], { part, began, ended, timeLimit, recoversWithin }: Outage): Figure[] {
  const end = ({ scheduled, milliseconds }: Observation): number => scheduled + milliseconds;
  const before = observations.filter((one) => end(one) < began);
  const during = observations.filter((one) => end(one) >= began && one.scheduled < ended);
  const after = observations.filter((one) => one.scheduled >= ended + SETTLED_AFTER);
  const known = (all: readonly Observation[]): Observation[] => all.filter(({ kind }) => kind === 'known');
  const failed = (all: readonly Observation[]): Observation[] => all.filter(({ code }) => code !== null);
  const others = failed(during).filter(({ kind }) => kind !== 'known');
  const bar = p99(times(known(before))) + SLOWER;
  const knownDuring = known(during);
  const badCodes = failed(during).filter(({ code, isBroken }) => isBroken || code === null || !UNAVAILABLE.has(code));
  const last = observations.filter((one) => one.scheduled >= ended && !isNormal(one, bar)).sort((a, b) => a.scheduled - b.scheduled).at(-1);
  return [
    note(part, 'before: known queries', latencies(known(before))),
    note(part, 'before: others', latencies(before.filter(({ kind }) => kind !== 'known'))),
    note(part, 'during: known queries', latencies(knownDuring)),
    note(part, 'during: known queries were', tally(knownDuring.map(howAnswered))),
    note(part, 'during: others were', tally(during.filter(({ kind }) => kind !== 'known').map(({ code }) => code ?? 'answered'))),
    note(part, 'during: failures by code, and the longest', longest(failed(during))),
    holds(part, 'during: known queries that failed', { isMet: knownDuring.length > 0 && failed(knownDuring).length === 0, measured: `${failed(knownDuring).length} of ${knownDuring.length}`, bar: '0' }),
    atMost(part, 'during: p99 of known queries', { value: p99(times(knownDuring)), bar, unit: ' ms' }),
    atMost(part, 'during: longest failure of the others', { value: Math.max(0, ...times(others)), bar: timeLimit, unit: ' ms' }),
    holds(part, 'during: failures without a code of theirs', { isMet: badCodes.length === 0, measured: tally(badCodes.map(({ code }) => code ?? '')), bar: 'none' }),
    ...(recoversWithin === undefined ? [] : [atMost(part, 'during: until known queries were hits again', { value: hitsAgain(knownDuring, began), bar: recoversWithin, unit: ' ms' })]),
    note(part, 'after 2 s: known queries', latencies(known(after))),
    holds(part, 'after 2 s: failed', { isMet: after.length > 0 && failed(after).length === 0, measured: `${failed(after).length} of ${after.length} (${tally(failed(after).map(({ code }) => code ?? ''))})`, bar: '0' }),
    holds(part, 'after 2 s: known queries that were no fresh hits', {
      isMet: known(after).every((one) => howAnswered(one) === 'hit'),
      measured: tally(known(after).map(howAnswered).filter((how) => how !== 'hit')),
      bar: 'none',
    }),
    atMost(part, 'after 2 s: p99 of known queries', { value: p99(times(known(after))), bar, unit: ' ms' }),
    note(part, 'after: last request that failed, was late or stale', last === undefined ? 'none' : `${number(last.scheduled - ended)} ms after the end (${last.kind}, ${howAnswered(last)}, ${number(last.milliseconds)} ms)`),
  ];
}

/** How a request was answered, in one word or two. */
export function howAnswered({ code, cacheStatus }: Pick<Observation, 'code' | 'cacheStatus'>): string {
  if (code !== null) return code;
  if (/stale|ttl=-/.test(cacheStatus)) return 'stale hit';
  return / hit/.test(cacheStatus) ? 'hit' : /fwd=(\w+)/.exec(cacheStatus)?.[0] ?? 'unmarked';
}

function isNormal(one: Observation, bar: number): boolean {
  return one.code === null && (one.kind !== 'known' || (howAnswered(one) === 'hit' && one.milliseconds <= bar));
}

/** From the beginning of the outage to the last known query that was no hit; NaN when the last of all was none. */
function hitsAgain(known: readonly Observation[], began: number): number {
  const inOrder = [...known].sort((a, b) => a.scheduled - b.scheduled);
  const last = inOrder.findLastIndex((one) => howAnswered(one) !== 'hit');
  const next = inOrder[last + 1];
  return next === undefined ? NaN : last < 0 ? 0 : next.scheduled - began;
}

function longest(failures: readonly Observation[]): string {
  const codes = [...new Set(failures.map(({ code }) => code ?? ''))];
  return codes.map((code) => `${code} ${number(Math.max(...times(failures.filter((one) => one.code === code))))} ms`).join(', ') || 'none';
}

function latencies(all: readonly Observation[]): string {
  const measured = times(all);
  return `p50 ${number(p50(measured))}, p99 ${number(p99(measured))}, max ${number(Math.max(0, ...measured))} ms (${measured.length})`;
}

function times(all: readonly Observation[]): number[] {
  return all.map(({ milliseconds }) => milliseconds);
}
