import type { InvalidationResult } from '../src/invalidation/invalidation-protocol.js';
import type { StampedeResult } from '../src/stampede/stampede-protocol.js';
import type { LoadResult } from '../src/load/load-protocol.js';
import type { ServerKind } from '../src/servers/server-protocol.js';

/** What a request does when nothing is timed, medians of one request at a time. */
export interface Work {
  readonly statements: number;
  readonly allStatements: number;
  readonly redisCommands: number;
  readonly roundTripsBefore: number;
  readonly responseHeaders: number;
  readonly bytes: number;
  readonly encoding: string;
}

export interface ServerResults {
  readonly kind: ServerKind;
  readonly work: Work;
  readonly rounds: readonly LoadResult[];
}

export interface ScenarioResults {
  readonly name: string;
  readonly title: string;
  readonly servers: readonly ServerResults[];
}

/** Everything that was measured, as it is written to results.json. */
export interface Results {
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly scenarios: readonly ScenarioResults[];
  readonly invalidation: InvalidationResult | null;
  readonly stampede: StampedeResult | null;
}

/** Processor microseconds per request, one for each round. */
export function cpuPerRequest({ rounds }: Pick<ServerResults, 'rounds'>): number[] {
  return rounds.map(({ cpuMicroseconds, requests }) => cpuMicroseconds / requests);
}
