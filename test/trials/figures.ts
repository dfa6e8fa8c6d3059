import { median, quantile } from '../../bench/run/statistics.js';

export { median };

/** One line of the table that `npm run trials` prints. */
export interface Figure {
  /** Part of the command. */
  readonly part: string;
  readonly what: string;
  /** As it is printed, with its unit. */
  readonly measured: string;
  /** The bar as it is printed; null for a figure that only explains others. */
  readonly bar: string | null;
  /** True where there is no bar. */
  readonly isMet: boolean;
}

/** A figure that must not exceed its bar; one that is not a number misses it. */
export function atMost(part: string, what: string, { value, bar, unit = '' }: { readonly value: number; readonly bar: number; readonly unit?: string }): Figure {
  return { part, what, measured: `${number(value)}${unit}`, bar: `at most ${number(bar)}${unit}`, isMet: value <= bar };
}

/** A promise that holds or does not. */
export function holds(part: string, what: string, { isMet, measured, bar }: Pick<Figure, 'isMet' | 'measured'> & { readonly bar: string }): Figure {
  return { part, what, measured, bar, isMet };
}

/** A figure without a bar. */
export function note(part: string, what: string, measured: string): Figure {
  return { part, what, measured, bar: null, isMet: true };
}

/** The value that this share of the values does not exceed, interpolated; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  return quantile([...values].sort((a, b) => a - b), share);
}

export const p50 = (values: readonly number[]): number => percentile(values, 0.5);
export const p99 = (values: readonly number[]): number => percentile(values, 0.99);

/** Three digits that count, and no more than one behind the point. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return 'nothing measured';
  return value < 10 ? String(Number(value.toFixed(2))) : value < 100 ? String(Number(value.toFixed(1))) : Math.round(value).toLocaleString('en');
}

/** Lines of the table, in the order of the figures. */
export function table(figures: readonly Figure[]): string[] {
  const rows = figures.map(({ part, what, measured, bar, isMet }) => [part, what, measured, bar ?? '', bar === null ? '' : isMet ? 'met' : 'NOT met']);
  const all = [['part', 'what was measured', 'measured', 'bar', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
}

/** How often each text occurs, the most frequent first: `120 x OK, 3 x TIMEOUT`. */
export function tally(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([text, count]) => `${count} x ${text}`).join(', ') || 'none';
}
