import type { Mechanism } from '../../src/cache/core/mechanisms.js';

/** Where a mechanism is to be missed. */
export interface Expectation {
  /** Tests that may fail without it: files, and what their names contain. */
  readonly tests: { readonly files: readonly string[]; readonly named: string };
  /** The faults under which the checker finds violations, and with how many nodes; or why it cannot. */
  readonly checker: { readonly faults: string; readonly nodes: number } | { readonly cannot: string };
}

const FRESHNESS = ['test/flow/freshness.test.ts'];
/** The checker's clients all see the same: what is one viewer's, it does not ask for. */
const privacy = (named: string, file = 'src/cache/graphql/response-cache.test.ts'): Expectation => ({
  tests: { files: [file], named },
  checker: { cannot: 'it is about freshness' },
});

export const EXPECTED: Readonly<Record<Mechanism, Expectation>> = {
  stamp: { tests: { files: FRESHNESS, named: 'F1' }, checker: { faults: 'loads-held', nodes: 1 } },
  'flight-check': { tests: { files: FRESHNESS, named: 'F2' }, checker: { faults: 'loads-held', nodes: 1 } },
  trust: { tests: { files: FRESHNESS, named: 'F4 a node that is cut off' }, checker: { faults: 'node-cut-from-redis,split-brain', nodes: 3 } },
  outbox: { tests: { files: FRESHNESS, named: 'F4 a writer that crashed' }, checker: { faults: 'killed-after-commit', nodes: 2 } },
  'mark-per-epoch': { tests: { files: FRESHNESS, named: 'F4 what was applied under one epoch' }, checker: { faults: 'split-brain,replica-promoted', nodes: 3 } },
  'epoch-rule': { tests: { files: FRESHNESS, named: 'F5' }, checker: { faults: 'redis-restarted-old,replica-promoted', nodes: 2 } },
  'predicate-tags': { tests: { files: FRESHNESS, named: 'F6' }, checker: { faults: 'none', nodes: 1 } },
  'remaining-lifetime': {
    tests: { files: FRESHNESS, named: 'lives no longer' },
    checker: { cannot: 'it waits for no lifetime to end, and hears of every change' },
  },
  'static-scope': privacy('P1'),
  'sharing-check': privacy('P1'),
  'viewer-in-key': privacy('P[14]'),
  'partition-in-key': privacy('P2'),
  'permissions-in-key': privacy('P3'),
  'typed-keys': privacy('P5', 'src/cache/core/key.test.ts'),
  'queries-only': privacy('P6', 'src/cache/graphql/field-cache.test.ts'),
};

/** Those that nodes in simulated worlds can do without. */
export const IN_WORLDS: readonly Mechanism[] = ['stamp', 'flight-check', 'trust', 'outbox', 'mark-per-epoch', 'epoch-rule'];
