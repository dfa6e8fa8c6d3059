import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PATIENT, PROCESS_MS } from './patience.js';

/** User and group to run a server as; PostgreSQL refuses to run as root. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

export interface ChildServerOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  /** Removed when the server has ended. */
  readonly directory: string;
  readonly stopSignal: 'SIGINT' | 'SIGTERM' | 'SIGKILL';
  readonly identity?: Identity | undefined;
  /** Without it, this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface ChildServer {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a server in a directory of its own; resolves when its port accepts connections. */
export async function startChildServer(options: ChildServerOptions): Promise<ChildServer> {
  const { command, args, port, directory, stopSignal } = options;
  // A group of its own: Ctrl-C in the terminal must not stop it before those who still use it.
  const child = spawn(command, args, { ...options.identity, env: options.env ?? process.env, cwd: directory, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-4000)));
  }
  let ended = false;
  const exit = new Promise<void>((resolve) => {
    const end = (): void => {
      ended = true;
      resolve();
    };
    child.once('exit', end).once('error', (error) => {
      output += String(error);
      end();
    });
  });
  const watchdog = child.pid === undefined ? undefined : watch(child.pid, stopSignal, directory);

  const stop = async (): Promise<void> => {
    if (!ended) child.kill(stopSignal);
    await Promise.race([exit, delay(PATIENT.timeout, undefined, { ref: false })]);
    if (!ended) child.kill('SIGKILL');
    await exit;
    watchdog?.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };

  const deadline = performance.now() + PROCESS_MS;
  while (!(await accepts(port))) {
    if (ended || performance.now() > deadline) {
      await stop();
      throw new Error(`${command} did not start on port ${port}: ${output.trim() || 'it said nothing'}`);
    }
    await delay(20);
  }
  return { pid: child.pid ?? 0, stop };
}

/** Stops the server and removes its directory should this process be killed before it can do so itself. */
function watch(pid: number, signal: string, directory: string): ChildProcess {
  const script = 'read -r _; kill -s "$2" "$1"; while kill -0 "$1"; do sleep 0.1; done; rm -rf -- "$3"';
  const watchdog = spawn('sh', ['-c', script, 'sh', String(pid), signal.slice(3), directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watchdog.unref();
  return watchdog;
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 1_000 });
    const done = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', done(true)).once('error', done(false)).once('timeout', done(false));
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() =>
          address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
        );
      });
  });
}

export function temporaryDirectory(name: string, identity?: Identity): string {
  const directory = mkdtempSync(join(tmpdir(), `larder-${name}-`));
  chmodSync(directory, 0o700);
  if (identity !== undefined) chownSync(directory, identity.uid, identity.gid);
  return directory;
}

/** Another process may take a free port before the server does: then another one is tried. */
export async function withRetries<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}
