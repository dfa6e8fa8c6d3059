import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { LoadRequest } from '../src/load/load-protocol.js';
import { usesRedis, type BareReply, type ServerKind } from '../src/servers/server-protocol.js';
import { send, type Reply } from './http.js';
import { startServer, type RunningServer } from './processes.js';
import type { Work } from './results.js';
import type { Scenario } from './scenarios.js';
import type { Services } from './services.js';
import { median } from './statistics.js';
import type { World } from './world.js';

export interface Answers {
  readonly work: ReadonlyMap<string, Work>;
  /** What the bare servers are to answer, by scenario. */
  readonly bare: ReadonlyMap<string, readonly BareReply[]>;
}

export const workKey = (scenario: Scenario, kind: ServerKind): string => `${scenario.name} ${kind}`;

/** Requests that are compared, and counted after those that may have filled a cache. */
const COMPARED = 3;
const COUNTED = 20;
/** Long enough for what a server does after its answer. */
const REST = 15;
const IDLE = 1_000;

interface Checking {
  readonly services: Services;
  readonly world: World;
  readonly scenarios: readonly Scenario[];
  /** Whether what requests do is counted, too. */
  readonly counting: boolean;
  readonly print: (line: string) => void;
}

/**
 * Asks every server what it will be asked, and compares the answers with those of the API as it is delivered: deeply equal,
 * or nothing is timed.
 *
 * @throws Error naming the first server that answers something else.
 */
export async function checkAnswers({ services, world, scenarios, counting, print }: Checking): Promise<Answers> {
  const expected = new Map<string, readonly unknown[]>();
  const work = new Map<string, Work>();
  const bare = new Map<string, readonly BareReply[]>();
  const kinds = new Set(scenarios.flatMap(({ servers }) => servers));
  const inOrder: readonly ServerKind[] = ['api', ...[...kinds].filter((kind) => !kind.startsWith('bare')), ...[...kinds].filter((kind) => kind.startsWith('bare'))];
  for (const kind of inOrder) {
    const own = scenarios.filter(({ servers }) => kind === 'api' || servers.includes(kind));
    for (const group of kind.startsWith('bare') ? own.map((scenario) => [scenario]) : [own]) {
      const replies = group.flatMap(({ name }) => bare.get(name) ?? []);
      const server = await startServer(
        { kind, databaseUrl: services.databaseOf(kind), redisUrl: services.redisUrl, prefix: `check-${kind}`, replies, counting: true },
        { log: `${services.logs}/check-${kind}.log`, processor: null },
      );
      try {
        for (const scenario of group) {
          const requests = scenario.requests(world);
          const compared = await ask(server.port, scenario, requests);
          const answers = compared.map(({ json }) => json);
          if (kind === 'api') expected.set(scenario.name, answers.map(known));
          const wanted = expected.get(scenario.name);
          if (!isDeepStrictEqual(answers, wanted)) {
            throw new Error(`${kind} answers ${scenario.name} otherwise than the API:\n${shorten(answers)}\nand not\n${shorten(wanted)}`);
          }
          if (kind === 'api') continue;
          const last = compared.at(-1) as Reply;
          if (kind === scenario.copied) bare.set(scenario.name, [toBare(requests[0] as LoadRequest, last)]);
          if (counting) work.set(workKey(scenario, kind), await count({ server, services, kind }, scenario, { requests, last }));
        }
      } finally {
        await server.stop();
      }
    }
    print(kind === 'api' ? 'api answers' : `${kind} answers the same`);
  }
  await services.flushRedis();
  return { work, bare };
}

/** Refuses a reference that says nothing. */
function known(answer: unknown): unknown {
  const { data, errors } = answer as { readonly data?: Readonly<Record<string, unknown>> | null; readonly errors?: unknown };
  if (errors !== undefined || !data || Object.values(data).includes(null)) throw new Error(`the API answers without data: ${shorten(answer)}`);
  return answer;
}

async function ask(port: number, scenario: Scenario, requests: readonly LoadRequest[]): Promise<Reply[]> {
  const replies: Reply[] = [];
  for (let i = 0; i < COMPARED; i++) {
    replies.push(await send(port, requests[(scenario.once === true ? i : 0) % requests.length] as LoadRequest));
    await pause(REST);
  }
  return replies;
}

interface Counting {
  readonly server: RunningServer;
  readonly services: Services;
  readonly kind: ServerKind;
}

async function count({ server, services, kind }: Counting, scenario: Scenario, { requests, last }: { readonly requests: readonly LoadRequest[]; readonly last: Reply }): Promise<Work> {
  const calls = async (): Promise<number> => [...(await services.redisCalls())].reduce((sum, [command, of]) => sum + (command === 'info' ? 0 : of), 0);
  const redis = usesRedis(kind);
  const [before, idle] = redis ? [await calls(), await pause(IDLE).then(calls)] : [0, 0];
  await server.counted();
  const began = performance.now();
  for (let i = 0; i < COUNTED; i++) {
    await send(server.port, requests[(scenario.once === true ? COMPARED + i : 0) % requests.length] as LoadRequest);
    await pause(REST);
  }
  const lasted = performance.now() - began;
  const counted = await server.counted();
  const inBackground = ((idle - before) / IDLE) * lasted;
  return {
    statements: median(counted.map(({ statements }) => statements)),
    allStatements: median(counted.map(({ allStatements }) => allStatements)),
    redisCommands: redis ? Math.max(0, Math.round((((await calls()) - idle - inBackground) / COUNTED) * 10) / 10) : 0,
    roundTripsBefore: median(counted.map(({ roundTripsBefore }) => roundTripsBefore)),
    responseHeaders: Object.keys(last.headers).length,
    bytes: last.body.length,
    encoding: last.headers['content-encoding'] ?? 'identity',
  };
}

function toBare({ body }: LoadRequest, reply: Reply): BareReply {
  return { requestBody: body, headers: reply.headers, body: reply.body.toString('base64') };
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
