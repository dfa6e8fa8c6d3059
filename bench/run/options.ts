import { parseArgs } from 'node:util';

export interface Options {
  /** Only whether all answer alike, and whether everything runs: no figures. */
  readonly quick: boolean;
  /** Names of scenarios; empty: all. */
  readonly scenarios: readonly string[];
  /** Names of servers; empty: all. */
  readonly servers: readonly string[];
  readonly rounds: number | null;
  /** Seconds that a server is warmed up, and measured, in one round. */
  readonly warm: number;
  readonly measure: number;
  /** Where the reports are written. */
  readonly out: string | null;
  /** Whether server and load each get a processor of their own. */
  readonly pin: boolean;
}

export const DEFAULT_SECONDS = { warm: 2, measure: 4 } as const;

export const USAGE = `npm run bench -- [options]

  --quick               checks that all servers answer alike and that everything runs; measures nothing
  --scenarios a,b       only these (small, small-redis, large, large-compressed, mixed, nested, miss, miss-known, invalidation, stampede)
  --servers a,b         only these servers, as the tables name them
  --rounds 7            measures each server so often
  --warm 2 --measure 4  seconds per round
  --out directory       where results go, instead of bench/
  --no-pin              leaves it to the system which processor runs what`;

/** @throws Error in one sentence. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    allowNegative: true,
    options: {
      quick: { type: 'boolean', default: false },
      scenarios: { type: 'string', default: '' },
      servers: { type: 'string', default: '' },
      rounds: { type: 'string' },
      warm: { type: 'string', default: String(DEFAULT_SECONDS.warm) },
      measure: { type: 'string', default: String(DEFAULT_SECONDS.measure) },
      out: { type: 'string' },
      pin: { type: 'boolean', default: true },
    },
  });
  return {
    quick: values.quick,
    scenarios: names(values.scenarios),
    servers: names(values.servers),
    rounds: values.rounds === undefined ? null : positive('rounds', values.rounds),
    warm: positive('warm', values.warm),
    measure: positive('measure', values.measure),
    out: values.out ?? null,
    pin: values.pin,
  };
}

function names(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} is ${text}: give a number above 0`);
  return number;
}
