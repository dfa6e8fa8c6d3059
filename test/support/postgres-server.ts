import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { freePort, startChildServer, temporaryDirectory, withRetries, type ChildServer, type Identity } from './child-server.js';
import { PROCESS_MS } from './patience.js';

export interface PostgresServer extends ChildServer {
  /** Of a superuser, to create databases with. */
  readonly url: string;
}

/** PostgreSQL refuses to run as root: 65534 is `nobody` on every system, so that no user has to be added. */
const nobody: Identity = { uid: 65534, gid: 65534 };

/** Durability is of no use to a database that lives for one test run. */
const FORGETFUL = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
const SETTINGS = ['max_connections=200', 'listen_addresses=127.0.0.1'];

/** A new cluster on a free port, with the programs found in `bin`; a durable one waits for its disk, as in production. */
export function startPostgres(bin: string, { isDurable = false } = {}): Promise<PostgresServer> {
  return withRetries(async () => {
    const identity = process.getuid?.() === 0 ? nobody : undefined;
    const directory = temporaryDirectory('postgres', identity);
    const data = join(directory, 'data');
    // C.UTF-8 sorts by code point, as the embedded database does; where libc lacks it, C does the same but for ILIKE.
    const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C';
    const init = spawnSync(
      join(bin, 'initdb'),
      ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--encoding=UTF8', `--locale=${locale}`],
      { ...identity, cwd: directory, encoding: 'utf8' },
    );
    if (init.status !== 0) throw new Error(`initdb failed: ${init.error?.message ?? init.stderr}`);
    const port = await freePort();
    const settings = [...(isDurable ? [] : FORGETFUL), ...SETTINGS, `port=${port}`, 'unix_socket_directories='].flatMap((setting) => ['-c', setting]);
    const server = await startChildServer({
      command: join(bin, 'postgres'),
      args: ['-D', data, ...settings],
      port,
      directory,
      identity,
      // Fast shutdown: clients that a failed test left behind are disconnected.
      stopSignal: 'SIGINT',
    });
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
    try {
      await untilReady(url);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return { ...server, url };
  });
}

/** The port accepts connections a while before the server takes them. */
async function untilReady(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    for (const deadline = performance.now() + PROCESS_MS; ; ) {
      try {
        await sql`select 1`;
        return;
      } catch (error) {
        const starting = error instanceof postgres.PostgresError && error.code === '57P03';
        if (!starting || performance.now() > deadline) throw error;
        await delay(50);
      }
    }
  } finally {
    await sql.end({ timeout: 1 });
  }
}
