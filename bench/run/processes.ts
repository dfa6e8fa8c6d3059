import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { LoadOrder, LoadRequest, LoadResult, LoadWord } from '../src/load/load-protocol.js';
import type { Counted, Order, ServerArguments, Word } from '../src/servers/server-protocol.js';

const SERVER = fileURLToPath(new URL('../dist/servers/server.js', import.meta.url));
const LOAD = fileURLToPath(new URL('../dist/load/load.js', import.meta.url));
const START_DEADLINE = 300_000;

/** Which processor a process may use; null leaves it to the system. */
export type Processor = number | null;

interface Child {
  readonly process: ChildProcess;
  hear<W extends { readonly say: string }>(what: W['say']): Promise<W>;
}

/** A process of ours, which ends with us. Its log is kept, and read when it fails. */
function start(name: string, command: readonly string[], { log, processor }: { readonly log: string; readonly processor: Processor }): Child {
  const file = openSync(log, 'a');
  const [program = '', ...args] = processor === null ? command : ['taskset', '-c', String(processor), ...command];
  const child = spawn(program, args, { stdio: ['ignore', file, file, 'ipc'], env: { ...process.env, NODE_ENV: 'production' } });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} ended (${String(code)}); it said last:\n${lastOf(log)}`);
  });
  ended.catch(() => undefined);
  return {
    process: child,
    hear: async (what) => {
      const heard = new Promise<never>((resolve) => {
        const listen = (word: { readonly say: string }): void => {
          if (word.say !== what) return;
          child.off('message', listen);
          resolve(word as never);
        };
        child.on('message', listen);
      });
      return Promise.race([heard, ended]);
    },
  };
}

function lastOf(log: string): string {
  return readFileSync(log, 'utf8').slice(-2_000);
}

export interface RunningServer {
  readonly port: number;
  readonly pid: number;
  counted(): Promise<readonly Counted[]>;
  stop(): Promise<void>;
}

export async function startServer(args: ServerArguments, where: { readonly log: string; readonly processor: Processor }): Promise<RunningServer> {
  const child = start(args.kind, [process.execPath, SERVER], where);
  const order = (given: Order): void => void child.process.send(given, () => undefined);
  const late = pause(START_DEADLINE, null, { ref: false }).then(() => {
    throw new Error(`${args.kind} did not start; it said last:\n${lastOf(where.log)}`);
  });
  order({ do: 'start', args });
  const { port } = await Promise.race([child.hear<Extract<Word, { say: 'listening' }>>('listening'), late]);
  return {
    port,
    pid: child.process.pid ?? 0,
    counted: async () => {
      const heard = child.hear<Extract<Word, { say: 'counted' }>>('counted');
      order({ do: 'count' });
      return (await heard).requests;
    },
    stop: async () => {
      const ended = child.process.exitCode !== null ? Promise.resolve() : once(child.process, 'exit').then(() => undefined);
      order({ do: 'stop' });
      await Promise.race([ended, pause(5_000, undefined, { ref: false })]);
      child.process.kill('SIGKILL');
      await ended;
    },
  };
}

export interface Loader {
  prepare(requests: readonly LoadRequest[]): Promise<void>;
  load(order: Omit<Extract<LoadOrder, { do: 'load' }>, 'do'>): Promise<LoadResult>;
  stop(): void;
}

export function startLoader(where: { readonly log: string; readonly processor: Processor }): Loader {
  const child = start('load', [process.execPath, LOAD], where);
  const send = async <W extends LoadWord>(order: LoadOrder, answer: W['say']): Promise<W> => {
    const heard = child.hear<W>(answer);
    child.process.send(order);
    return heard;
  };
  return {
    prepare: async (requests) => void (await send({ do: 'prepare', requests }, 'prepared')),
    load: async (order) => (await send<Extract<LoadWord, { say: 'loaded' }>>({ do: 'load', ...order }, 'loaded')).result,
    stop: () => void child.process.kill('SIGKILL'),
  };
}
