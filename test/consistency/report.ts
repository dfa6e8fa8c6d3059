import type { Options } from './options.js';
import type { Kind } from './judge.js';
import type { Record } from './record.js';

const KINDS: readonly (readonly [Kind, string])[] = [
  ['same node', 'stale after an answered mutation, same node'],
  ['other node', 'stale beyond 1 s, another node'],
  ['strong read', 'stale strong read'],
  ['lost invalidation', 'invalidation lost'],
  ['impossible', 'shows what was never there'],
  ['no recovery', 'a node that did not recover'],
  ['divergence', 'a valid hit differs from its source'],
];

/** What a full run has to reach. */
const BARS = { operations: 250_000, mutationShare: 0.1, nearShare: 0.3, injections: 3 };

/** From so many seconds with all faults on, a run is a full one: what it does not reach then is a failure. */
const FULL_RUN_SECONDS = 900;

export interface Bar {
  readonly what: string;
  readonly shown: string;
  readonly met: boolean;
}

export interface Verdict {
  readonly violations: number;
  readonly bars: readonly Bar[];
  readonly isFullRun: boolean;
  readonly passed: boolean;
}

export function verdictOf(record: Record, options: Options): Verdict {
  const violations = [...record.kinds.values()].reduce((sum, count) => sum + count, 0);
  const mutationShare = record.mutations / Math.max(1, record.operations);
  const nearShare = record.nearReads / Math.max(1, record.reads);
  const bars: Bar[] = [
    { what: `operations (at least ${BARS.operations})`, shown: String(record.operations), met: record.operations >= BARS.operations },
    { what: 'mutations (at least 10 %)', shown: percent(mutationShare), met: mutationShare >= BARS.mutationShare },
    { what: 'reads within 50 ms of a write to the same (at least 30 %)', shown: percent(nearShare), met: nearShare >= BARS.nearShare },
    ...options.faults.map(({ name }): Bar => {
      const count = record.faults.get(name) ?? 0;
      return { what: `fault ${name} (at least ${BARS.injections})`, shown: String(count), met: count >= BARS.injections };
    }),
  ];
  const isFullRun = options.seconds >= FULL_RUN_SECONDS && options.faults.length > 0;
  return { violations, bars, isFullRun, passed: violations === 0 && (!isFullRun || bars.every(({ met }) => met)) };
}

export function progressLine(record: Record): string {
  const seconds = (performance.now() - record.began) / 1_000;
  const violations = [...record.kinds.values()].reduce((sum, count) => sum + count, 0);
  const failures = [...record.failures.values()].reduce((sum, count) => sum + count, 0);
  return `${Math.round(seconds)} s: ${record.operations} operations (${Math.round(record.operations / seconds)}/s), ${percent(record.mutations / Math.max(1, record.operations))} mutations, ${failures} without an answer, ${record.pending} pending, ${violations} violations`;
}

export function table(record: Record, options: Options): readonly string[] {
  const { bars, isFullRun } = verdictOf(record, options);
  const line = (what: string, shown: string, note = ''): string => `  ${what.padEnd(62)} ${shown.padStart(9)}  ${note}`.trimEnd();
  const failures = [...record.failures].sort(([, a], [, b]) => b - a).map(([reason, count]) => `${reason} ${count}`);
  return [
    '',
    ...bars.map(({ what, shown, met }) => line(what, shown, met ? 'met' : isFullRun ? 'NOT MET' : 'not met (counts in a full run only)')),
    line('statements in SQL, past the API', String(record.statements)),
    line('look-ups answered from the cache, of nodes since their start', percent(record.hits / Math.max(1, record.hits + record.misses))),
    line('hits executed again and compared, of nodes since their start', String(record.compared)),
    line('strong reads', String(record.strongReads)),
    line('mutations answered as pending', String(record.pending)),
    line('comparisons of all nodes with the database, at rest', String(record.comparisons)),
    line('requests without an answer', String([...record.failures.values()].reduce((sum, count) => sum + count, 0)), failures.slice(0, 6).join(', ')),
    line('until another node shows a change: p50 / p99 / max in ms', lags(record.lags), `of ${record.lags.length}`),
    '',
    ...KINDS.map(([kind, what]) => line(what, String(record.kinds.get(kind) ?? 0), (record.kinds.get(kind) ?? 0) === 0 ? 'as wanted' : 'VIOLATED')),
    ...record.violations.slice(0, 20).map(({ kind, what, at, during }) => `    ${(at / 1_000).toFixed(1)} s (${during}) ${kind}: ${what}`),
  ];
}

export function asJson(record: Record, options: Options): string {
  const { nodes, seconds, clients, seed, without } = options;
  return JSON.stringify(
    {
      options: { nodes, seconds, clients, seed, without, faults: options.faults.map(({ name }) => name) },
      verdict: verdictOf(record, options),
      operations: record.operations,
      mutations: record.mutations,
      statements: record.statements,
      strongReads: record.strongReads,
      pending: record.pending,
      comparisons: record.comparisons,
      failures: Object.fromEntries(record.failures),
      faults: Object.fromEntries(record.faults),
      kinds: Object.fromEntries(record.kinds),
      lag: { p50: quantile(record.lags, 0.5), p99: quantile(record.lags, 0.99), max: quantile(record.lags, 1) },
      violations: record.violations,
    },
    null,
    2,
  );
}

function lags(values: readonly number[]): string {
  return [0.5, 0.99, 1].map((share) => quantile(values, share)?.toFixed(1) ?? '-').join(' / ');
}

export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
