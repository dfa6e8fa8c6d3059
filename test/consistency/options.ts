import { parseArgs } from 'node:util';
import { MECHANISMS, type Mechanism } from '../../src/cache/core/mechanisms.js';
import { FAULTS } from './faults/all-faults.js';
import type { Fault } from './faults/fault.js';

export interface Options {
  readonly mode: 'check' | 'overhead' | 'over-invalidation';
  readonly nodes: number;
  readonly seconds: number;
  readonly clients: number;
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** Nodes that execute every hit again, and compare. */
  readonly comparing: 'all' | 'one' | 'none';
  /** Mechanisms that every node runs without, to see whether the checker notices. */
  readonly without: readonly Mechanism[];
  /** Ends with the first violation: for runs that are to have one. */
  readonly untilViolation: boolean;
  /** Where to write what was found, as JSON. */
  readonly report: string | null;
  /** Directory for the nodes' logs, which is kept; without it they go with the run. */
  readonly logs: string | null;
}

export const USAGE = `npm run consistency -- [options]

  --nodes 3            API processes
  --seconds 60         how long clients work
  --clients 12         clients, each with one request at a time
  --seed 1             the same seed gives the same operations and the same order of faults
  --faults all         all, none, or names separated by commas:
${FAULTS.map(({ name, what }) => `                       ${name.padEnd(28)} ${what}`).join('\n')}
  --comparing one      nodes that execute every hit again and compare: all, one or none. It costs them as much as a miss; what
                       one node finds in Redis, all have stored
  --without <names>    runs the nodes without mechanisms: ${MECHANISMS.join(', ')}
  --until-violation    ends when one has been found
  --report file.json   writes figures and violations
  --logs directory     keeps the nodes' logs
  --overhead           measures what outbox and ledger cost a mutation, instead
  --over-invalidation  counts what was invalidated though it had not changed, instead`;

/** @throws Error in one sentence. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      nodes: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '60' },
      clients: { type: 'string', default: '12' },
      seed: { type: 'string', default: '1' },
      faults: { type: 'string', default: 'all' },
      comparing: { type: 'string', default: 'one' },
      without: { type: 'string', default: '' },
      'until-violation': { type: 'boolean', default: false },
      report: { type: 'string' },
      logs: { type: 'string' },
      overhead: { type: 'boolean', default: false },
      'over-invalidation': { type: 'boolean', default: false },
    },
  });
  return {
    mode: values.overhead ? 'overhead' : values['over-invalidation'] ? 'over-invalidation' : 'check',
    nodes: wholeNumber('nodes', values.nodes, 1),
    seconds: wholeNumber('seconds', values.seconds, 1),
    clients: wholeNumber('clients', values.clients, 1),
    seed: wholeNumber('seed', values.seed, 0),
    faults: faultsOf(values.faults),
    comparing: known(['all', 'one', 'none'], values.comparing, 'way of comparing'),
    without: names(values.without).map((name) => known(MECHANISMS, name, 'mechanism')),
    untilViolation: values['until-violation'],
    report: values.report ?? null,
    logs: values.logs ?? null,
  };
}

function faultsOf(text: string): readonly Fault[] {
  if (text === 'all') return FAULTS;
  if (text === 'none') return [];
  return names(text).map((name) => {
    const fault = FAULTS.find((one) => one.name === name);
    if (fault === undefined) throw new Error(`--faults: there is no fault "${name}": give all, none or ${FAULTS.map((one) => one.name).join(', ')}`);
    return fault;
  });
}

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim()).filter((name) => name !== '');
}

function known<T extends string>(all: readonly T[], name: string, what: string): T {
  const found = all.find((one) => one === name);
  if (found === undefined) throw new Error(`there is no ${what} "${name}": give ${all.join(', ')}`);
  return found;
}

function wholeNumber(name: string, text: string, min: number): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < min) throw new Error(`--${name} is ${text}: give a whole number from ${min}`);
  return Number(text);
}
