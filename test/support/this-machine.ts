import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createClient } from '@redis/client';
import postgres from 'postgres';
import { accepts } from './child-server.js';
import { debianPackages, installDebianPackages, isDebian } from './debian-packages.js';
import { dockerAnswers } from './docker-server.js';
import { PATIENT } from './patience.js';
import type { Machine, Service } from './service-choice.js';

const VARIABLES: Readonly<Record<Service, string>> = {
  postgres: 'TEST_DATABASE_URL',
  redis: 'TEST_REDIS_URL',
  chromium: 'TEST_CHROMIUM_PATH',
};

/** Transition tables of triggers need 10, transaction ids of 64 bits 13. */
const OLDEST_POSTGRES = 13;

type Environment = Readonly<Record<string, string | undefined>>;

/** The machine that the tests run on. */
export function thisMachine(env: Environment): Machine {
  return {
    named: (service) => named(service, env[VARIABLES[service]]),
    running,
    installed: (service) => Promise.resolve(installed(service, env)),
    mayInstall: () =>
      process.getuid?.() === 0 && env['LARDER_TEST_INSTALL'] !== 'never' && isDebian() && onPath(['apt-get'], env) !== undefined,
    install: installDebianPackages,
    docker: dockerAnswers,
    remedy,
  };
}

async function named(service: Service, value: string | undefined): Promise<string | undefined> {
  if (value === undefined || value === '') return undefined;
  const refusal =
    service === 'chromium'
      ? isProgram(value)
        ? undefined
        : 'no program is there'
      : service === 'postgres'
        ? await postgresRefusal(value)
        : await redisRefusal(value);
  if (refusal === undefined) return value;
  throw new Error(
    `${VARIABLES[service]} names a ${service} that the tests cannot use: ${refusal}. Correct or unset the variable.`,
  );
}

/** A server on the default port is used only if it lets us in without a password. */
async function running(service: Service): Promise<string | undefined> {
  if (service === 'postgres' && (await accepts(5432))) {
    const url = 'postgres://postgres@127.0.0.1:5432/postgres';
    return (await postgresRefusal(url)) === undefined ? url : undefined;
  }
  if (service === 'redis' && (await accepts(6379))) {
    const url = 'redis://127.0.0.1:6379';
    return (await redisRefusal(url)) === undefined ? url : undefined;
  }
  return undefined;
}

/** Why the tests cannot use this server, or undefined: they create databases and roles, which a superuser may. */
async function postgresRefusal(url: string): Promise<string | undefined> {
  const sql = postgres(url, { max: 1, connect_timeout: PATIENT.timeout / 1_000, onnotice: () => undefined });
  try {
    const [row] = await sql<{ superuser: boolean; version: number }[]>`
      select rolsuper as superuser, current_setting('server_version_num')::int / 10000 as version
      from pg_roles where rolname = current_user`;
    if (row?.superuser !== true) return 'its user is no superuser';
    return row.version < OLDEST_POSTGRES ? `version ${row.version} is older than ${OLDEST_POSTGRES}` : undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function redisRefusal(url: string): Promise<string | undefined> {
  const client = createClient({ url, socket: { connectTimeout: PATIENT.timeout, reconnectStrategy: false } });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.info('replication')).includes('role:master') ? undefined : 'it is a replica';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    if (client.isOpen) client.destroy();
  }
}

/** For PostgreSQL the directory of its programs, otherwise the program. */
function installed(service: Service, env: Environment): string | undefined {
  if (service === 'postgres') return postgresDirectory(env);
  if (service === 'redis') return onPath(['redis-server', 'valkey-server'], env);
  return onPath(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'], env) ?? CHROMES.find(isProgram);
}

const CHROMES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Debian keeps each major version in a directory of its own, none of them on PATH. */
function postgresDirectory(env: Environment): string | undefined {
  const versions = '/usr/lib/postgresql';
  const newestFirst = (existsSync(versions) ? readdirSync(versions) : [])
    .filter((name) => Number(name) >= OLDEST_POSTGRES)
    .sort((a, b) => Number(b) - Number(a))
    .map((name) => join(versions, name, 'bin'));
  const directories = [...newestFirst, ...(env['PATH'] ?? '').split(delimiter)];
  return directories.find((directory) => isProgram(join(directory, 'initdb')) && isProgram(join(directory, 'postgres')));
}

function onPath(programs: readonly string[], env: Environment): string | undefined {
  // Debian's servers lie in directories that the PATH of an ordinary user lacks.
  const directories = [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return programs.flatMap((program) => directories.map((directory) => join(directory, program))).find(isProgram);
}

/** A program by its name, on PATH or where Debian keeps servers. */
export function findProgram(name: string): string | undefined {
  return onPath([name], process.env);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function remedy(missing: readonly Service[]): string {
  if (isDebian()) {
    const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
    return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${debianPackages(missing).join(' ')}`;
  }
  const names: Readonly<Record<Service, string>> = { postgres: 'postgresql@17', redis: 'redis', chromium: 'chromium' };
  if (process.platform === 'darwin') return `brew install ${missing.map((service) => names[service]).join(' ')}`;
  return `your package manager (${missing.join(', ')}); a Docker daemon stands in for the servers`;
}
