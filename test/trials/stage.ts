import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, startChildServer, temporaryDirectory, type ChildServer } from '../support/child-server.js';
import { installPackages } from '../support/debian-packages.js';
import { startPostgres, type PostgresServer } from '../support/postgres-server.js';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { findProgram, thisMachine } from '../support/this-machine.js';
import { TrialClient } from './http.js';

const ROOT = join(import.meta.dirname, '../..');

/** Of every node. Production refuses the demo accounts; in development nothing limits the requests of a viewer, which would refuse what is tried. */
const SETTINGS = { NODE_ENV: 'development', HOST: '127.0.0.1', LOG_LEVEL: 'fatal', LOG_FORMAT: 'json', METRICS: 'true', LIMIT_REQUESTS_PER_MINUTE: '0' };

/** More than SHUTDOWN_DELAY_MS and SHUTDOWN_TIMEOUT_MS together. */
const STOP_SECONDS = 20;

/** One API process, `node dist/main.js`. */
export interface ApiProcess extends ChildServer {
  readonly port: number;
  readonly client: TrialClient;
}

/** Everything that the trials start, ended in reverse order by `close`. */
export class Stage {
  readonly #ends: (() => Promise<unknown> | undefined)[] = [];
  readonly #machine = thisMachine({ PATH: process.env['PATH'], LARDER_TEST_INSTALL: process.env['LARDER_TEST_INSTALL'] });
  #database: Promise<PostgresServer> | undefined;
  #closed: Promise<void> | undefined;

  constructor(private readonly print: (line: string) => void) {}

  onClose(end: () => Promise<unknown> | undefined): void {
    this.#ends.push(end);
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      for (const end of this.#ends.reverse()) await end()?.catch(() => undefined);
    })();
    return this.#closed;
  }

  /** A directory that is removed when the stage is closed. */
  directory(name: string): string {
    const directory = temporaryDirectory(`trials-${name}`);
    this.onClose(async () => rmSync(directory, { recursive: true, force: true }));
    return directory;
  }

  /** Prints progress every five seconds. */
  async during<T>(what: string, work: Promise<T>, state: () => string = () => ''): Promise<T> {
    const began = performance.now();
    this.print(`${what} …`);
    const say = setInterval(() => this.print(`  ${what}: ${Math.round((performance.now() - began) / 1000)} s ${state()}`.trimEnd()), 5_000);
    try {
      return await work;
    } finally {
      clearInterval(say);
    }
  }

  /** A PostgreSQL of its own with the demo data, for all parts of the run, since the trials stop it. */
  database(): Promise<PostgresServer> {
    this.#database ??= (async () => {
      const server = await startPostgres(await this.#program('postgres'));
      this.onClose(() => server.stop());
      await this.during('seeding PostgreSQL', this.seed({ DATABASE_URL: server.url }));
      return server;
    })();
    return this.#database;
  }

  async redis(): Promise<RedisServer> {
    const server = await startRedis(await this.#program('redis'));
    this.onClose(() => server.stop());
    return server;
  }

  /** Migrates and adds the demo data. */
  seed(env: Readonly<Record<string, string>>): Promise<void> {
    return run([process.execPath, join(ROOT, 'dist/cli.js'), 'seed', '--demo'], { ...inherited(), ...SETTINGS, ...env });
  }

  /** Starts a node; resolves when it is ready. */
  async api({ env = {}, flags = [], port }: { readonly env?: Readonly<Record<string, string>>; readonly flags?: readonly string[]; readonly port?: number } = {}): Promise<ApiProcess> {
    const at = port ?? (await freePort());
    const server = await startChildServer({
      command: process.execPath,
      args: [...flags, join(ROOT, 'dist/main.js')],
      env: { ...inherited(), ...SETTINGS, PORT: String(at), ...env },
      port: at,
      directory: temporaryDirectory('trials-node'),
      stopSignal: 'SIGTERM',
    });
    const client = new TrialClient(at);
    const stop = async (): Promise<void> => {
      if (isAlive(server.pid)) process.kill(server.pid, 'SIGTERM');
      await until('the node has stopped', async () => !isAlive(server.pid), STOP_SECONDS).catch(() => undefined);
      await server.stop();
    };
    this.onClose(stop);
    this.onClose(async () => client.close());
    await until(`the node on port ${at} is ready`, async () => (await client.get('/health/ready')).status === 200);
    return { pid: server.pid, stop, port: at, client };
  }

  /** Debian's haproxy with this configuration; resolves when it accepts connections. */
  async haproxy(configuration: string, port: number): Promise<ChildServer> {
    let program = findProgram('haproxy');
    if (program === undefined && this.#machine.mayInstall()) {
      await installPackages(['haproxy']);
      program = findProgram('haproxy');
    }
    if (program === undefined) throw new Error('The trial needs haproxy. Install with: apt-get install -y --no-install-recommends haproxy');
    const server = await startChildServer({ command: program, args: ['-db', '-f', configuration], port, directory: temporaryDirectory('trials-haproxy'), stopSignal: 'SIGTERM' });
    this.onClose(() => server.stop());
    return server;
  }

  async #program(service: 'postgres' | 'redis'): Promise<string> {
    let program = await this.#machine.installed(service);
    if (program === undefined && this.#machine.mayInstall()) {
      await this.#machine.install([service]);
      program = await this.#machine.installed(service);
    }
    if (program === undefined) throw new Error(`The trials stop and cut off servers of their own. Install with: ${this.#machine.remedy([service])}`);
    return program;
  }
}

/** What a child may see of this process's environment: no setting of Larder. */
function inherited(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
}

function run([program = '', ...args]: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-2_000)));
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${args.join(' ')} failed: ${output.trim()}`))));
  });
}

/** Builds `dist/`. */
export const build = (): Promise<void> => run(['npm', 'run', '-s', 'build'], inherited());

/** @throws when it does not become true within the time. */
export async function until(what: string, isTrue: () => Promise<boolean>, seconds = 60): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await pause(50);
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Milliseconds of CPU, user and system, that all threads of a process have used, to the nanosecond. */
export function cpuOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + scheduled(pid, thread)[0], 0);
}

/** Milliseconds that the main thread of a process was ready to run and had no processor. */
export function waitOf(pid: number): number {
  return scheduled(pid, String(pid))[1];
}

function scheduled(pid: number, thread: string): [number, number] {
  const [run, wait] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ').map(Number);
  return [(run ?? 0) / 1e6, (wait ?? 0) / 1e6];
}
