import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Connection } from '../src/load/connection.js';
import { LOAD_MS, type StampedeResult, type StampedeTrial, type StampedeWord } from '../src/stampede/stampede-protocol.js';
import type { Services } from './services.js';

const ENTRY = fileURLToPath(new URL('../dist/stampede/node.js', import.meta.url));
const START_DEADLINE = 300_000;
/** Longer than anything that is promised: who has no answer then, gets none. */
const TRIAL_DEADLINE = 10_000;
const QUERY = 'query Slow($key: String!) { slow(key: $key) }';

export interface StampedeSize {
  readonly processes: number;
  /** In each process. */
  readonly readers: number;
  readonly trials: number;
  readonly warm: number;
}

/** Many readers in several processes ask for one cold key at once: how many loads that costs, and how long each reader waits. */
export async function measureStampede(services: Services, { processes, readers, trials, warm }: StampedeSize, print: (line: string) => void): Promise<StampedeResult> {
  const nodes = await Promise.all(Array.from({ length: processes }, (_, index) => Node.start(services, index)));
  try {
    for (const node of nodes) node.connect(readers);
    for (let round = 0; round < warm; round++) await trial(nodes, `warm ${round}`);
    const cold: StampedeTrial[] = [];
    for (let at = 0; at < trials; at++) cold.push(await trial(nodes, `cold ${at}`));
    print(`stampede: ${processes} x ${readers} readers of a cold key, ${trials} times`);
    const killed: StampedeTrial[] = [];
    for (let at = 0; at < trials; at++) {
      killed.push(await trial(nodes, `killed ${at}`, { killsLoader: true }));
      for (const [index, node] of nodes.entries()) {
        if (node.isRunning) continue;
        const next = await Node.start(services, index);
        next.connect(readers);
        nodes[index] = next;
      }
      for (let round = 0; round < warm; round++) await trial(nodes, `warm again ${at} ${round}`);
    }
    print(`stampede: the same, and the process that loads was killed, ${trials} times`);
    return { processes, readers, trials: cold, killed };
  } finally {
    for (const node of nodes) node.kill();
  }
}

async function trial(nodes: readonly Node[], key: string, { killsLoader = false } = {}): Promise<StampedeTrial> {
  let loads = 0;
  const killing: Promise<void>[] = [];
  for (const node of nodes) {
    node.onLoad = (loaded) => {
      if (loaded !== key) return;
      loads++;
      // In the middle of the load, and only the first who does it.
      if (killsLoader && killing.length === 0) killing.push(pause(LOAD_MS / 2).then(() => node.kill()));
    };
  }
  const asked = nodes.flatMap((node) => node.ask(key).map((answer) => ({ node, answer })));
  const answers = await Promise.all(asked.map(async ({ node, answer }) => ({ node, milliseconds: await answer })));
  await Promise.all(killing);
  const counted = answers.filter(({ node }) => node.isRunning);
  return {
    loads,
    milliseconds: counted.flatMap(({ milliseconds }) => (milliseconds === null ? [] : [milliseconds])),
    failed: counted.filter(({ milliseconds }) => milliseconds === null).length,
  };
}

/** A server process, and connections to it that are open before anything is timed. */
class Node {
  onLoad: (key: string) => void = () => undefined;
  #connections: Connection[] = [];
  /** Readers that still wait, by their connection: told when there will be no answer. */
  readonly #waiting = new Map<Connection, () => void>();

  private constructor(
    private readonly process: ChildProcess,
    private readonly port: number,
  ) {
    process.on('message', (word: StampedeWord) => {
      if (word.say === 'load') this.onLoad(word.key);
    });
  }

  static async start(services: Services, index: number): Promise<Node> {
    const log = openSync(`${services.logs}/stampede-${index}.log`, 'a');
    const child = spawn(process.execPath, [ENTRY], { stdio: ['ignore', log, log, 'ipc'], env: { ...process.env, NODE_ENV: 'production' } });
    const listening = new Promise<number>((resolve) => {
      child.on('message', (word: StampedeWord) => {
        if (word.say === 'listening') resolve(word.port);
      });
    });
    child.send({ do: 'start', databaseUrl: services.databaseUrl, redisUrl: services.redisUrl, prefix: 'stampede' });
    const ended = once(child, 'exit').then(() => null);
    const port = await Promise.race([listening, ended, pause(START_DEADLINE, null, { ref: false })]);
    if (port === null) throw new Error('a process of the stampede did not start');
    return new Node(child, port);
  }

  get isRunning(): boolean {
    return this.process.exitCode === null && this.process.signalCode === null && !this.process.killed;
  }

  connect(readers: number): void {
    this.#connections = Array.from({ length: readers }, () => {
      const connection: Connection = new Connection(this.port, () => this.#waiting.get(connection)?.());
      return connection;
    });
  }

  /** One request on each connection. @returns milliseconds until its answer; null for none. */
  ask(key: string): readonly Promise<number | null>[] {
    const body = JSON.stringify({ query: QUERY, variables: { key } });
    const request = Buffer.from(
      `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${this.port}\r\ncontent-type: application/json\r\naccept: application/json\r\nx-tenant: downtown\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    return this.#connections.map(
      (connection) =>
        new Promise<number | null>((resolve) => {
          const began = performance.now();
          const timer = setTimeout(() => resolve(null), TRIAL_DEADLINE);
          const end = (milliseconds: number | null): void => {
            clearTimeout(timer);
            this.#waiting.delete(connection);
            resolve(milliseconds);
          };
          this.#waiting.set(connection, () => end(null));
          connection.send(request, ({ status, body: answer }) => end(status === 200 && answer.includes(`"slow":"${key}"`) ? performance.now() - began : null));
        }),
    );
  }

  kill(): void {
    this.process.kill('SIGKILL');
    for (const connection of this.#connections) connection.close();
    for (const end of [...this.#waiting.values()]) end();
  }
}
