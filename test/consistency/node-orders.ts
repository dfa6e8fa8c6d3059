import type { Mechanism, Standing } from '../../src/cache/index.js';

/** What a node is started with: arguments of the checker's alone, which no environment can give. */
export interface NodeArguments {
  readonly port: number;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly seed: number;
  readonly clockShift: number;
  readonly ledgerMaxTags: number | null;
  readonly without: readonly Mechanism[];
  /** Of the hits, the share that is executed again and compared. */
  readonly divergenceShare: number;
  /** Whether mutations neither read their outbox back nor tell the ledger. */
  readonly isBare?: boolean;
}

/** What the checker tells a node. */
export type Order =
  | { readonly do: 'shift clock'; readonly milliseconds: number }
  /** A share of the loads takes up to so much longer. */
  | { readonly do: 'hold reads'; readonly share: number; readonly milliseconds: number }
  | { readonly do: 'die after commit' }
  | { readonly do: 'report' }
  | { readonly do: 'stop' };

/** What a node tells the checker. */
export type Word =
  | { readonly say: 'listening' }
  /** A hit that is called valid says something else than its source. */
  | { readonly say: 'diverged'; readonly what: string }
  | Report;

/** Counted since the process was started. */
export interface Report {
  readonly say: 'report';
  readonly standing: Standing;
  readonly hits: number;
  readonly misses: number;
  readonly joins: number;
  /** Hits that were executed again. */
  readonly compared: number;
}
