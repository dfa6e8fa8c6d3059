import type { Amount, LoadResult } from '../src/load/load-protocol.js';
import type { BareReply, ServerKind } from '../src/servers/server-protocol.js';
import { startServer, type Loader, type Processor, type RunningServer } from './processes.js';
import type { Scenario } from './scenarios.js';
import type { Services } from './services.js';
import type { World } from './world.js';

export interface Plan {
  readonly rounds: number;
  readonly warm: Amount;
  readonly measure: Amount;
  readonly connections: number;
  readonly processor: Processor;
}

/** A server's first round is slower than all others: its code is being compiled. */
const UNCOUNTED = 1;

export type Rounds = ReadonlyMap<ServerKind, readonly LoadResult[]>;

interface Measuring {
  readonly services: Services;
  readonly world: World;
  readonly loader: Loader;
  readonly bare: readonly BareReply[];
  readonly print: (line: string) => void;
}

/**
 * Measures the servers of a scenario in turns. All of them run all the time and idle but for their turn, right before which
 * each is warmed up: the first seconds after a rest cost more.
 */
export async function measure(scenario: Scenario, plan: Plan, { services, world, loader, bare, print }: Measuring): Promise<Rounds> {
  const servers = new Map<ServerKind, RunningServer>();
  const results = new Map<ServerKind, LoadResult[]>();
  try {
    for (const kind of scenario.servers) {
      const prefix = `${scenario.name}-${kind}`;
      servers.set(
        kind,
        await startServer(
          { kind, databaseUrl: services.databaseOf(kind), redisUrl: services.redisUrl, prefix, replies: bare, counting: false },
          { log: `${services.logs}/${prefix}.log`, processor: plan.processor },
        ),
      );
      results.set(kind, []);
    }
    const requests = scenario.requests(world);
    await loader.prepare(requests);
    for (let round = 0; round < plan.rounds + UNCOUNTED; round++) {
      for (const kind of turned(scenario.servers, round)) {
        const { port, pid } = servers.get(kind) as RunningServer;
        const { connections, warm, measure: measured } = plan;
        const from = scenario.once === true ? round * perRound(plan) : 0;
        if (scenario.once === true && from + perRound(plan) > requests.length) throw new Error(`${scenario.name} has too few requests that nobody has sent`);
        const result = await loader.load({ port, pid, connections, warm, measure: measured, from });
        if (result.failure !== null) throw new Error(`${kind} failed in ${scenario.name}: ${result.failure}`);
        if (round >= UNCOUNTED) results.get(kind)?.push(result);
      }
      print(`${scenario.name}: ${round < UNCOUNTED ? 'warmed up' : `round ${round + 1 - UNCOUNTED} of ${plan.rounds}`}`);
    }
    return results;
  } finally {
    for (const server of servers.values()) await server.stop();
    await services.flushRedis();
  }
}

function perRound({ warm, measure: measured, connections }: Plan): number {
  const of = (amount: Amount): number => ('requests' in amount ? amount.requests : 0);
  // Those under way at the end of a round are not sent again.
  return of(warm) + of(measured) + 2 * connections;
}

/** How many requests are needed that are sent only once. */
export function requestsNeeded(plan: Plan): number {
  return (plan.rounds + UNCOUNTED) * perRound(plan);
}

/** Nobody is always first. */
function turned<T>(all: readonly T[], by: number): T[] {
  const at = by % all.length;
  return [...all.slice(at), ...all.slice(0, at)];
}
