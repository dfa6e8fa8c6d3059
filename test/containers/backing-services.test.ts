import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp, type App } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { importCatalogue } from '../../src/database/seed/import-catalogue.js';
import { seedDemo } from '../../src/database/seed/seed-demo.js';
import { hashPassword } from '../../src/modules/tenancy/tenancy.module.js';
import { accepts, freePort, startChildServer, temporaryDirectory, withRetries, type ChildServer } from '../support/child-server.js';
import { Client } from '../support/client.js';
import { startPostgres, type PostgresServer } from '../support/postgres-server.js';
import { thisMachine } from '../support/this-machine.js';
import { passwords, readComposeFile, root } from './compose-file.js';
import { PATIENT } from '../support/patience.js';

/**
 * PostgreSQL and Redis set up by the scripts and the configuration that docker-compose.yml mounts, and the API with the
 * environment that it gets there: with the rights of these two users it does all that it has to do.
 */

const machine = thisMachine(process.env);
const [postgresPrograms, redisProgram] = await Promise.all([machine.installed('postgres'), machine.installed('redis')]);
const environment = readComposeFile(passwords).services['api']?.environment ?? {};

let databasePort = '';

// Far below what is stored further down, so that Redis has to evict.
const MAXMEMORY = 6 * 2 ** 20;

interface Redis extends ChildServer {
  readonly port: number;
  readonly directory: string;
}

/** On what an earlier one has left, or from nothing. */
async function startRedis(earlier?: Pick<Redis, 'port' | 'directory'>): Promise<Redis> {
  const directory = earlier?.directory ?? temporaryDirectory('redis-conf');
  const port = earlier?.port ?? (await freePort());
  const data = join(directory, 'data');
  mkdirSync(data, { recursive: true });
  const server = await startChildServer({
    command: 'env',
    args: [
      `REDIS_PASSWORD=${passwords.LARDER_REDIS_PASSWORD}`,
      `REDIS_CONFIG=${join(root, 'deploy/redis.conf')}`,
      `REDIS_USERS=${join(directory, 'users.acl')}`,
      'sh',
      join(root, 'deploy/redis-start.sh'),
      ...['--port', String(port), '--bind', '127.0.0.1', '--dir', data, '--maxmemory', String(MAXMEMORY)],
    ],
    port,
    directory,
    stopSignal: 'SIGTERM',
  });
  return { ...server, port, directory };
}

/** Of PostgreSQL, as its superuser. */
function program(name: string, args: readonly string[], input?: Buffer): Buffer {
  const env = { PATH: `${postgresPrograms ?? ''}:${process.env['PATH'] ?? ''}`, PGHOST: '127.0.0.1', PGUSER: 'postgres', PGPORT: databasePort };
  return execFileSync(name, [...args], { env, input, maxBuffer: 2 ** 28 });
}

async function startDatabase(programs: string): Promise<PostgresServer> {
  const server = await startPostgres(programs);
  databasePort = new URL(server.url).port;
  execFileSync('sh', [join(root, 'deploy/postgres-init.sh')], {
    env: { PATH: `${programs}:${process.env['PATH'] ?? ''}`, PGHOST: '127.0.0.1', PGPORT: databasePort, POSTGRES_USER: 'postgres', ...passwords },
  });
  return server;
}

const hasBoth = postgresPrograms !== undefined && redisProgram?.endsWith('redis-server');

describe.skipIf(!hasBoth)('PostgreSQL and Redis as docker-compose.yml sets them up', () => {
  let database: PostgresServer;
  let redis: Redis;
  let app: App;
  let client: Client;
  let admin: Awaited<ReturnType<typeof redisAs>>;
  const logs: string[] = [];

  const startApp = (): Promise<App> => {
    const config = loadConfig({
      ...environment,
      NODE_ENV: 'production',
      PORT: '0',
      LOG_LEVEL: 'debug',
      DATABASE_URL: (environment['DATABASE_URL'] ?? '').replace('postgres:5432', `127.0.0.1:${databasePort}`),
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: String(redis.port),
      // Every hit then comes from Redis.
      CACHE_MEMORY_BYTES: '0',
      CACHE_DEADLINE_MS: '5000',
    });
    return createApp(config, { logTo: { write: (line) => void logs.push(line) } });
  };

  const redisAs = async (username: string, password: string) => {
    const connection = createClient({ url: `redis://127.0.0.1:${redis.port}`, username, password, socket: { reconnectStrategy: false } });
    connection.on('error', () => undefined);
    await connection.connect();
    return connection;
  };

  beforeAll(async () => {
    [database, redis] = await Promise.all([startDatabase(postgresPrograms ?? ''), withRetries(() => startRedis())]);
    admin = await redisAs('larder', passwords.LARDER_REDIS_PASSWORD);
    app = await startApp();
    await importCatalogue(app.database, { limit: 500 });
    await seedDemo(app.database, { production: false, hashPassword, medicinesPerTenant: 50 });
    client = new Client((await app.listen()).url);
  });

  afterAll(async () => {
    if (admin?.isOpen) admin.destroy();
    await app?.close();
    await Promise.all([database?.stop(), redis?.stop()]);
  });

  const settled = async (): Promise<void> => {
    await app.cache.drain();
    await vi.waitUntil(() => app.cache.ledger.standing() === 'trusted', PATIENT);
  };
  const ledgerKey = async (): Promise<string> => {
    for await (const keys of admin.scanIterator({ MATCH: 'larder:{ledger:*' })) for (const key of keys) return key;
    throw new Error('there is no ledger');
  };
  const figure = async (name: string): Promise<number> => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(await admin.info())?.[1]);

  it('the login of the API owns its database, and is no superuser', async () => {
    const url = new URL(database.url);
    url.pathname = '/larder';
    const sql = postgres(url.href, { max: 1, onnotice: () => undefined });
    try {
      const roles = await sql`
        select rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolcanlogin from pg_roles where rolname like 'larder%' order by rolname`;
      const nothing = { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false };
      expect(roles).toMatchObject([
        { rolname: 'larder', rolcanlogin: true, ...nothing },
        { rolname: 'larder_app', rolcanlogin: false, ...nothing },
        { rolname: 'larder_platform', rolcanlogin: false, ...nothing },
      ]);
      const [stored] = await sql`select rolpassword like 'SCRAM-SHA-256$%' as hashed from pg_authid where rolname = 'larder'`;
      expect(stored?.['hashed']).toBe(true);
    } finally {
      await sql.end();
    }
  });

  it('the API reads, writes and invalidates with these rights', async () => {
    const token = await client.token('admin@downtown.example');
    const read = () => client.data<{ categories: { id: string; name: string; medicineCount: number }[] }>('{ categories { id name medicineCount } }', { token });
    const [category] = (await read()).categories;
    await settled();
    const before = await figure('keyspace_hits');
    await read();
    expect(await figure('keyspace_hits')).toBeGreaterThan(before);

    const rename = 'mutation ($input: UpdateCategoryInput!) { updateCategory(input: $input) { id } }';
    const reply = await client.request(rename, { token, variables: { input: { id: category?.id, names: [{ language: 'en', text: 'Renamed' }] } } });
    expect(reply.errors).toEqual([]);
    expect(reply.headers.get('larder-position')).toMatch(/:\d+$/);
    expect((await read()).categories.map(({ name }) => name)).toContain('Renamed');
    // Neither now nor at its start was anything refused, also not where it would have got on without.
    expect(await admin.info('errorstats')).not.toContain('NOPERM');
    expect(logs.filter((line) => /"level":(40|50|60)/.test(line))).toEqual([]);
  });

  it('Redis lets nobody in but larder, and larder do nothing to others', async () => {
    await expect(redisAs('larder', 'wrong')).rejects.toThrow(/WRONGPASS/);
    const stranger = createClient({ url: `redis://127.0.0.1:${redis.port}`, socket: { reconnectStrategy: false } });
    stranger.on('error', () => undefined);
    await expect(stranger.connect().then(() => stranger.get('larder:x'))).rejects.toThrow(/NOAUTH/);
    stranger.destroy();
    for (const command of [['KEYS', '*'], ['FLUSHALL'], ['CONFIG', 'GET', '*'], ['ACL', 'LIST'], ['SHUTDOWN'], ['SET', 'other:x', '1'], ['PUBLISH', 'other', '1']]) {
      await expect(admin.sendCommand(command), command.join(' ')).rejects.toThrow(/NOPERM|permission/);
    }
  });

  it('Redis, started again, has its keys, and begins a new epoch in their place', async () => {
    await admin.set('larder:kept', 'still here', { PX: 3_600_000 });
    await settled();
    const { epoch, position } = app.cache.ledger;
    const { port, directory, pid } = redis;
    admin.destroy();
    process.kill(pid, 'SIGTERM');
    await vi.waitUntil(async () => !(await accepts(port)), PATIENT);
    redis = await startRedis({ port, directory });
    admin = await redisAs('larder', passwords.LARDER_REDIS_PASSWORD);
    expect(await admin.get('larder:kept')).toBe('still here');
    await vi.waitUntil(() => app.cache.ledger.epoch !== epoch, PATIENT);
    expect(app.cache.ledger.position).toBeGreaterThan(position);
    await settled();
  });

  it('a database that went back to its backup, told apart as docs/deployment.md says, shows nothing that came later', async () => {
    const names = async (): Promise<string[]> => {
      const { categories } = await client.data<{ categories: { name: string }[] }>('{ categories { name } }', { tenant: 'downtown' });
      return categories.map(({ name }) => name).sort();
    };
    const before = await names();
    const backup = program('pg_dump', ['--format=custom', 'larder']);
    const token = await client.token('admin@downtown.example');
    await client.data('mutation { createCategory(input: { slug: "later", names: [{ language: "en", text: "Came later" }] }) { id } }', { token });
    expect(await names()).toContain('Came later');
    await settled();
    await app.close();

    program('pg_restore', ['--dbname=larder', '--clean', '--if-exists'], backup);
    const renew = /--command='(update cache_identity [^']+)'/.exec(readFileSync(join(root, 'docs/deployment.md'), 'utf8'))?.[1];
    program('psql', ['--dbname=larder', '--quiet', `--command=${renew}`]);
    app = await startApp();
    client = new Client((await app.listen()).url);
    expect(await names()).toEqual(before);
  });

  it('Redis, when it is full, gives up entries and never the ledger', async () => {
    const key = await ledgerKey();
    const before = await admin.zCard(key);
    const { epoch } = app.cache.ledger;
    const value = 'x'.repeat(10_000);
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 100 }, () => admin.set(`larder:${randomUUID()}`, value, { PX: 3_600_000 })));
    }
    expect(await figure('evicted_keys')).toBeGreaterThan(500);
    expect(await figure('used_memory')).toBeLessThan(1.5 * MAXMEMORY);
    expect(await admin.zCard(key)).toBeGreaterThanOrEqual(before);
    await settled();
    expect(app.cache.ledger.epoch).toBe(epoch);
  });

  it('Redis, when nothing is left that could go, refuses entries and takes invalidations', async () => {
    const value = 'x'.repeat(10_000);
    // Without an expiry they count as what must stay.
    const fill = async (): Promise<void> => {
      for (let round = 0; round < 2_000; round++) await admin.set(`larder:full:${round}`, value);
    };
    await expect(fill()).rejects.toThrow(/OOM/);
    await expect(admin.set('larder:one-more', value, { PX: 1_000 })).rejects.toThrow(/OOM/);
    const token = await client.token('admin@downtown.example');
    const { medicines } = await client.data<{ medicines: { edges: { node: { id: string } }[] } }>('{ medicines(first: 1) { edges { node { id } } } }', { token });
    const update = 'mutation ($input: UpdateMedicineInput!) { updateMedicine(input: $input) { name } }';
    const input = { id: medicines.edges[0]?.node.id, name: 'Written while Redis is full' };
    const reply = await client.request<{ updateMedicine: { name: string } }>(update, { token, variables: { input } });
    expect(reply.data?.updateMedicine.name).toBe(input.name);
    expect(reply.headers.get('larder-position')).toMatch(/:\d+$/);
  });
});
