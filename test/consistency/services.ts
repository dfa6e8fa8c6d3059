import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { startPostgresContainer } from '../support/docker-server.js';
import { startPostgres } from '../support/postgres-server.js';
import { thisMachine } from '../support/this-machine.js';

export interface OwnServices {
  /** Of a superuser, whom row security does not bind. */
  readonly databaseUrl: string;
  /** Of its first process; null for one that runs elsewhere, or is used by others. */
  readonly databasePid: number | null;
  readonly redisProgram: string;
  /** Whether a commit waits for the disk. */
  readonly isDurable: boolean;
  stop(): Promise<void>;
}

/**
 * A database of its own, and the program of a Redis that may be killed: what runs on this machine already is not touched.
 *
 * @param wanted.isDurable as in production, where the server can be had so; to tests durability is of no use.
 */
export async function ownServices(env: Readonly<Record<string, string | undefined>>, wanted: { readonly isDurable?: boolean } = {}): Promise<OwnServices> {
  const machine = thisMachine(env);
  let programs = await installed(machine);
  const missing = (['postgres', 'redis'] as const).filter((service) => programs[service] === undefined);
  if (missing.length > 0 && machine.mayInstall()) {
    await machine.install(missing);
    programs = await installed(machine);
  }
  const { redis } = programs;
  if (redis === undefined) throw new Error(`The checker kills and restarts a Redis of its own. Install with: ${machine.remedy(['redis'])}`);
  const named = await machine.named('postgres');
  if (named !== undefined) return { ...(await databaseOn(named)), databasePid: null, redisProgram: redis, isDurable: await waitsForDisk(named) };
  if (programs.postgres === undefined && !(await machine.docker())) {
    throw new Error(`The checker needs PostgreSQL. Install with: ${machine.remedy(['postgres'])}`);
  }
  const { postgres: program } = programs;
  const started = program === undefined ? null : await startPostgres(program, wanted);
  const server = started ?? (await startPostgresContainer());
  return { databaseUrl: server.url, databasePid: started?.pid ?? null, redisProgram: redis, isDurable: await waitsForDisk(server.url), stop: () => server.stop() };
}

async function installed(machine: ReturnType<typeof thisMachine>): Promise<{ postgres: string | undefined; redis: string | undefined }> {
  return { postgres: await machine.installed('postgres'), redis: await machine.installed('redis') };
}

async function waitsForDisk(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  const [row] = await sql`select current_setting('fsync') = 'on' and current_setting('synchronous_commit') <> 'off' as durable`.finally(() => sql.end());
  return row?.['durable'] === true;
}

async function databaseOn(server: string): Promise<{ databaseUrl: string; stop: () => Promise<void> }> {
  const name = `larder_consistency_${randomBytes(4).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const once = async (work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> => {
    const sql = postgres(server, { max: 1, onnotice: () => undefined });
    await work(sql).finally(() => sql.end());
  };
  await once((sql) => sql`create database ${sql(name)} template template0`);
  return { databaseUrl: url.href, stop: () => once((sql) => sql`drop database if exists ${sql(name)} with (force)`) };
}
