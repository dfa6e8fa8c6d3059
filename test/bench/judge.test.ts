import { describe, expect, it } from 'vitest';
import { judge, type Verdict } from '../../bench/run/judge.js';
import type { Results, ServerResults } from '../../bench/run/results.js';
import type { ServerKind } from '../../bench/src/servers/server-protocol.js';

/** Processor microseconds per request in each round. */
type Costs = Partial<Record<ServerKind, readonly number[]>>;

function server(kind: ServerKind, costs: readonly number[], work: Partial<ServerResults['work']> = {}): ServerResults {
  return {
    kind,
    work: { statements: 1, allStatements: 3, redisCommands: 0, roundTripsBefore: 1, responseHeaders: 15, bytes: 100, encoding: 'identity', ...work },
    rounds: costs.map((cost) => ({ requests: 1_000, seconds: 1, cpuMicroseconds: cost * 1_000, p50: 1, p99: 2, bytes: 100, failure: null })),
  };
}

function results(scenarios: Readonly<Record<string, Costs>>, more: Partial<Results> = {}): Results {
  return {
    date: '2026-01-01T00:00:00Z',
    machine: {},
    versions: {},
    settings: {},
    scenarios: Object.entries(scenarios).map(([name, costs]) => ({
      name,
      title: name,
      servers: Object.entries(costs).map(([kind, of]) => server(kind as ServerKind, of)),
    })),
    invalidation: null,
    stampede: null,
    ...more,
  };
}

function verdict(of: Results, criterion: RegExp): Verdict {
  const found = judge(of).filter((one) => criterion.test(one.criterion));
  expect(found).toHaveLength(1);
  return found[0] as Verdict;
}

describe('the bars', () => {
  it('take the ratio within each round, so that a slow round is slow for both', () => {
    const of = results({ small: { 'bare-map': [10, 100, 10], 'larder-fastify-memory': [17, 170, 17] } });
    expect(verdict(of, /on Fastify, to the bare Map/)).toMatchObject({ figure: '1.70 x (1.70 to 1.70)', met: true });
  });

  it('are met up to their limit and not above it', () => {
    const at = (cost: number): boolean | null => verdict(results({ small: { 'bare-map': [10], 'larder-http-memory': [cost] } }), /the same on node:http/).met;
    expect([at(16), at(16.1)]).toEqual([true, false]);
  });

  it('are neither met nor missed by what was not measured', () => {
    expect(judge(results({})).map(({ met }) => met)).toEqual(judge(results({})).map(() => null));
  });

  it('want to be below each peer, and name the one that comes closest', () => {
    const peers = { apollo: [50], 'apollo-cache-memory': [30], 'yoga-cache-memory': [40], 'mercurius-cache-memory': [19] };
    const of = results({ small: { ...peers, 'larder-fastify-memory': [20] } });
    expect(verdict(of, /larder-fastify-memory, small: below every peer/)).toMatchObject({ figure: '1.05 x mercurius-cache-memory', met: false });
  });

  it('are not judged against peers of whom one is missing', () => {
    expect(verdict(results({ small: { apollo: [50], 'larder-fastify-memory': [20] } }), /larder-fastify-memory, small: below every peer/).met).toBeNull();
  });

  it('take a figure for misses only from enough rounds', () => {
    const miss = (rounds: number): Results => results({ miss: { 'larder-fastify-memory': Array<number>(rounds).fill(10), 'larder-fastify-off': Array<number>(rounds).fill(10) } });
    expect(verdict(miss(8), /every level cold/).met).toBe(false);
    expect(verdict(miss(9), /every level cold/).met).toBe(true);
  });

  it('want what is compressed to be compressed', () => {
    const of = results({ 'large-compressed': { 'larder-fastify-memory': [10] } });
    expect(verdict(of, /the reply is compressed/)).toMatchObject({ figure: 'identity', met: false });
  });

  it('hold invalidations of few and of many entries against each other', () => {
    const of = (most: number, commands: number): Results =>
      results({}, {
        invalidation: {
          sizes: [
            { entries: 100, milliseconds: [1, 1, 1], redisCommands: 17 },
            { entries: 1_000_000, milliseconds: [most, most, most], redisCommands: commands },
          ],
          eventLoopDelay: { without: [1], with: [1] },
        },
      });
    expect(judge(of(1.1, 17)).filter(({ bar, met }) => bar === 'B8' && met === true)).toHaveLength(4);
    expect(verdict(of(2, 17), /medians from the fewest/).met).toBe(false);
    expect(verdict(of(6, 17), /slowest 99th/).met).toBe(false);
    expect(verdict(of(1, 18), /Redis commands/).met).toBe(false);
  });
});
