import type { ServerKind } from '../src/servers/server-protocol.js';
import { cpuPerRequest, type Results, type ServerResults } from './results.js';
import { median, quantile, ratios } from './statistics.js';

export interface Verdict {
  readonly bar: string;
  readonly criterion: string;
  /** Null: not measured in this run. */
  readonly figure: string | null;
  readonly limit: string;
  readonly met: boolean | null;
}

const FASTIFY = 'larder-fastify-memory';
const HTTP = 'larder-http-memory';
const MEMORY_PEERS: readonly ServerKind[] = ['apollo', 'apollo-cache-memory', 'yoga-cache-memory', 'mercurius-cache-memory'];
const REDIS_PEERS: readonly ServerKind[] = ['apollo-cache-redis', 'yoga-cache-redis', 'mercurius-cache-redis'];
const FEWEST_ROUNDS_OF_MISSES = 9;

/** What Larder promises, held against what was measured: medians of ratios within rounds of one run. */
export function judge(results: Results): readonly Verdict[] {
  const of = new Judge(results);
  return [
    of.ratio('B1', 'small hit from memory on Fastify, to the bare Map server', { scenario: 'small', of: FASTIFY, to: 'bare-map', limit: 1.8 }),
    of.ratio('B1', 'the same on node:http', { scenario: 'small', of: HTTP, to: 'bare-map', limit: 1.6 }),
    ...[FASTIFY, HTTP].map((server) => of.belowAll('B1', { scenario: 'small', of: server as ServerKind, peers: MEMORY_PEERS })),
    of.ratio('B2', 'small hit from Redis, memory tier off, to the bare Redis server', { scenario: 'small-redis', of: 'larder-fastify-redis-alone', to: 'bare-redis', limit: 1.8 }),
    of.count('B2', 'round trips to Redis', { scenario: 'small-redis', of: 'larder-fastify-redis-alone', what: 'roundTripsBefore', limit: 1 }),
    of.belowAll('B2', { scenario: 'small-redis', of: 'larder-fastify-redis-alone', peers: REDIS_PEERS }),
    of.ratio('B3', '80 KB hit from memory, to the bare Map server', { scenario: 'large', of: FASTIFY, to: 'bare-map', limit: 1.8 }),
    of.ratio('B3', 'compressed, to a bare server with the same compressed bytes', { scenario: 'large-compressed', of: FASTIFY, to: 'bare-map', limit: 1.8 }),
    of.compressed('B3', { scenario: 'large-compressed', of: FASTIFY }),
    of.count('B4', 'three root fields, one never cached: statements per request', { scenario: 'mixed', of: FASTIFY, what: 'statements', limit: 1 }),
    of.belowAll('B4', { scenario: 'mixed', of: FASTIFY, peers: ['mercurius-cache-memory'] }),
    of.ratio('B4', 'to a bare server that does that one statement', { scenario: 'mixed', of: FASTIFY, to: 'bare-statement', limit: 1.5 }),
    of.count('B5', 'list of 50 with never-cached stock: statements per request', { scenario: 'nested', of: FASTIFY, what: 'statements', limit: 1 }),
    of.ratio('B5', 'to Apollo without a cache on Fastify', { scenario: 'nested', of: FASTIFY, to: 'apollo', limit: 0.5 }),
    of.ratio('B6', 'miss, every level cold, in memory, to CACHE_ENABLED=false', { scenario: 'miss', of: FASTIFY, to: 'larder-fastify-off', limit: 1.1, rounds: FEWEST_ROUNDS_OF_MISSES }),
    of.ratio('B6', 'the same with Redis', { scenario: 'miss', of: 'larder-fastify-redis', to: 'larder-fastify-off', limit: 1.4, rounds: FEWEST_ROUNDS_OF_MISSES }),
    of.count('B6', 'round trips to Redis before the answer', { scenario: 'miss', of: 'larder-fastify-redis', what: 'roundTripsBefore', limit: 3 }),
    of.ratio('B6', 'miss of a known viewer in memory, to Apollo without a cache on Fastify', { scenario: 'miss-known', of: FASTIFY, to: 'apollo', limit: 1, rounds: FEWEST_ROUNDS_OF_MISSES }),
    ...stampede(results),
    ...invalidation(results),
  ];
}

interface Asked {
  readonly scenario: string;
  readonly of: ServerKind;
}

interface RatioOfRounds {
  readonly ratio: number;
  readonly least: number;
  readonly most: number;
  readonly rounds: number;
}

class Judge {
  constructor(private readonly results: Results) {}

  ratio(bar: string, criterion: string, { scenario, of, to, limit, rounds = 1 }: Asked & { readonly to: ServerKind; readonly limit: number; readonly rounds?: number }): Verdict {
    const found = this.#ratio({ scenario, of }, to);
    const said = { bar, criterion, limit: `at most ${limit} x` };
    if (found === null) return { ...said, figure: null, met: null };
    if (found.rounds < rounds) return { ...said, figure: `${found.ratio.toFixed(2)} x in only ${found.rounds} rounds`, met: false };
    return { ...said, figure: `${found.ratio.toFixed(2)} x (${found.least.toFixed(2)} to ${found.most.toFixed(2)})`, met: found.ratio <= limit };
  }

  /** Below each of the peers: the one that comes closest is named. */
  belowAll(bar: string, { scenario, of, peers }: Asked & { readonly peers: readonly ServerKind[] }): Verdict {
    const found = peers.map((peer) => ({ peer, ratio: this.#ratio({ scenario, of }, peer)?.ratio ?? null }));
    const criterion = `${of}, ${scenario}: below ${peers.length === 1 ? String(peers[0]) : 'every peer'}`;
    if (found.some(({ ratio }) => ratio === null)) return { bar, criterion, figure: null, limit: 'below 1 x', met: null };
    const [closest] = found.sort((a, b) => (b.ratio ?? 0) - (a.ratio ?? 0));
    const ratio = closest?.ratio ?? NaN;
    return { bar, criterion, figure: `${ratio.toFixed(2)} x ${closest?.peer ?? ''}`, limit: 'below 1 x', met: ratio < 1 };
  }

  count(bar: string, criterion: string, { scenario, of, what, limit }: Asked & { readonly what: 'statements' | 'roundTripsBefore'; readonly limit: number }): Verdict {
    const figure = this.#server({ scenario, of })?.work[what] ?? null;
    return { bar, criterion, figure: figure === null ? null : String(figure), limit: `at most ${limit}`, met: figure === null ? null : figure <= limit };
  }

  compressed(bar: string, asked: Asked): Verdict {
    const encoding = this.#server(asked)?.work.encoding ?? null;
    return { bar, criterion: 'the reply is compressed', figure: encoding, limit: 'not identity', met: encoding === null ? null : encoding !== 'identity' };
  }

  #ratio(asked: Asked, to: ServerKind): RatioOfRounds | null {
    const [one, other] = [this.#server(asked), this.#server({ ...asked, of: to })];
    if (one === undefined || other === undefined || one.rounds.length === 0) return null;
    const all = ratios(cpuPerRequest(one), cpuPerRequest(other));
    return { ratio: median(all), least: Math.min(...all), most: Math.max(...all), rounds: all.length };
  }

  #server({ scenario, of }: Asked): ServerResults | undefined {
    return this.results.scenarios.find(({ name }) => name === scenario)?.servers.find(({ kind }) => kind === of);
  }
}

/** Of the readers of a cold key whose load takes 100 ms, in milliseconds. */
const MOST_WAIT = 400;
const ALL_WAIT = 800;
/** After which the lease of a process that is gone is free. */
const LEASE = 1_000;

function stampede({ stampede: found }: Results): Verdict[] {
  const bar = 'B7';
  const limits = [
    ['one cold key, many readers in several processes: loads', 'one'],
    ['95 % of them answered within', `${MOST_WAIT} ms`],
    ['all of them', `${ALL_WAIT} ms`],
    ['the process that loads is killed: loads', 'at most two'],
    ['everybody in the others answered within', `lease + 800 ms: ${LEASE + ALL_WAIT} ms`],
    ['nobody fails', '0'],
  ] as const;
  if (found === null) return limits.map(([criterion, limit]) => ({ bar, criterion, limit, figure: null, met: null }));
  const { trials, killed } = found;
  const most = (all: readonly number[]): number => Math.max(...all);
  const of95 = most(trials.map(({ milliseconds }) => quantile([...milliseconds].sort((a, b) => a - b), 0.95)));
  const slowest = most(trials.flatMap(({ milliseconds }) => milliseconds));
  const afterwards = most(killed.flatMap(({ milliseconds }) => milliseconds));
  const failed = [...trials, ...killed].reduce((sum, trial) => sum + trial.failed, 0);
  const verdicts: readonly (readonly [string, boolean])[] = [
    [trials.map(({ loads }) => loads).join(' / '), trials.every(({ loads }) => loads === 1)],
    [`${of95.toFixed(0)} ms`, of95 <= MOST_WAIT],
    [`${slowest.toFixed(0)} ms`, slowest <= ALL_WAIT],
    [killed.map(({ loads }) => loads).join(' / '), killed.every(({ loads }) => loads <= 2)],
    [`${afterwards.toFixed(0)} ms`, afterwards <= LEASE + ALL_WAIT],
    [String(failed), failed === 0],
  ];
  return limits.map(([criterion, limit], index) => {
    const [figure, met] = verdicts[index] ?? ['', false];
    return { bar, criterion, limit, figure, met };
  });
}

const CLOSE = 0.2;
const CLOSE_MILLISECONDS = 0.5;
const SLOWEST_MILLISECONDS = 5;
/** The resolution of the measurement itself. */
const DELAY_TOLERANCE_MILLISECONDS = 1;

function invalidation({ invalidation: found }: Results): Verdict[] {
  const bar = 'B8';
  const limits = [
    ['invalidating a tag, medians from the fewest entries to the most', `within ${CLOSE * 100} % or ${CLOSE_MILLISECONDS} ms`],
    ['the slowest 99th percentile', `below ${SLOWEST_MILLISECONDS} ms`],
    ['Redis commands of one, from the fewest entries to the most', 'the same'],
    ['event-loop delay (99th percentile) with and without', `not more, to ${DELAY_TOLERANCE_MILLISECONDS} ms`],
  ] as const;
  if (found === null) return limits.map(([criterion, limit]) => ({ bar, criterion, limit, figure: null, met: null }));
  const medians = found.sizes.map(({ milliseconds }) => median(milliseconds));
  const [least, most] = [Math.min(...medians), Math.max(...medians)];
  const slowest = Math.max(...found.sizes.map(({ milliseconds }) => quantile([...milliseconds].sort((a, b) => a - b), 0.99)));
  const commands = found.sizes.map(({ redisCommands }) => redisCommands);
  const { with: during, without } = found.eventLoopDelay;
  const delays = [median(during), median(without)] as const;
  const verdicts: readonly (readonly [string, boolean])[] = [
    [`${medians.map((value) => value.toFixed(2)).join(' / ')} ms`, most - least <= CLOSE_MILLISECONDS || most <= least * (1 + CLOSE)],
    [`${slowest.toFixed(2)} ms`, slowest < SLOWEST_MILLISECONDS],
    [commands.join(' / '), new Set(commands).size === 1],
    [`${delays.map((value) => value.toFixed(2)).join(' and ')} ms`, delays[0] <= delays[1] + DELAY_TOLERANCE_MILLISECONDS],
  ];
  return limits.map(([criterion, limit], index) => {
    const [figure, met] = verdicts[index] ?? ['', false];
    return { bar, criterion, limit, figure, met };
  });
}
