import { randomBytes } from 'node:crypto';
import { createClient } from '@redis/client';
import postgres from 'postgres';
import { startPostgresContainer, startRedisContainer } from './docker-server.js';
import { startPostgres } from './postgres-server.js';
import { startRedis } from './redis-server.js';
import { chooseServices, type Choice } from './service-choice.js';
import { thisMachine } from './this-machine.js';

export interface Services {
  /** Of a superuser: databases are created from it, by `createTestDatabase`. */
  readonly databaseUrl: string;
  /** Others may keep data there: keys begin with `runId`, and nothing is flushed. */
  readonly redisUrl: string;
  readonly chromiumPath: string;
  /** Unique to this run: first part of every database name and key prefix, by which the rest is swept at the end. */
  readonly runId: string;
  stop(): Promise<void>;
}

/** Finds or starts what the tests need; `stop` ends what was started and sweeps what was left on servers of others. */
export async function startServices(env: Readonly<Record<string, string | undefined>> = process.env): Promise<Services> {
  const choices = await chooseServices(thisMachine(env));
  const runId = `larder_test_${randomBytes(4).toString('hex')}`;
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    const results = await Promise.allSettled(stops.splice(0).map((end) => end()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  };
  try {
    const [database, redis] = await Promise.allSettled([
      obtain(
        choices.postgres,
        { start: startPostgres, startContainer: startPostgresContainer, borrow: borrowPostgres(runId) },
        stops,
      ),
      obtain(choices.redis, { start: startRedis, startContainer: startRedisContainer, borrow: borrowRedis(runId) }, stops),
    ]);
    // Both have settled, so that a failure of one does not leave the other running unknown.
    if (database.status === 'rejected') throw database.reason;
    if (redis.status === 'rejected') throw redis.reason;
    if (choices.chromium.by === 'docker') throw new Error('a browser is not taken from Docker');
    return { databaseUrl: database.value, redisUrl: redis.value, chromiumPath: choices.chromium.at, runId, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

interface Ways {
  start(programs: string): Promise<Server>;
  startContainer(): Promise<Server>;
  borrow(url: string): Promise<Server>;
}

async function obtain(choice: Choice, ways: Ways, stops: (() => Promise<void>)[]): Promise<string> {
  const server =
    choice.by === 'docker'
      ? await ways.startContainer()
      : choice.by === 'installed'
        ? await ways.start(choice.at)
        : await ways.borrow(choice.at);
  stops.push(() => server.stop());
  return server.url;
}

/** A server that is not ours: afterwards it has neither our databases nor the roles that their migrations made. */
const borrowPostgres =
  (runId: string) =>
  async (url: string): Promise<Server> => {
    const connect = (): postgres.Sql => postgres(url, { max: 1, onnotice: () => undefined });
    const roles = (sql: postgres.Sql): Promise<{ name: string }[]> => sql<{ name: string }[]>`
    select rolname as name from pg_roles where rolname like 'larder\\_%'`;
    const first = connect();
    const before = new Set((await roles(first)).map(({ name }) => name));
    await first.end();
    const stop = async (): Promise<void> => {
      const sql = connect();
      try {
        const databases = await sql<
          { name: string }[]
        >`select datname as name from pg_database where starts_with(datname, ${runId})`;
        for (const { name } of databases) await sql`drop database ${sql(name)} with (force)`;
        // Another run on the same server may be using them: then it is the one to drop them.
        for (const { name } of await roles(sql)) if (!before.has(name)) await sql`drop role ${sql(name)}`.catch(() => undefined);
      } finally {
        await sql.end();
      }
    };
    return { url, stop };
  };

const borrowRedis =
  (runId: string) =>
  (url: string): Promise<Server> => {
    const stop = async (): Promise<void> => {
      const client = createClient({ url });
      client.on('error', () => undefined);
      await client.connect();
      for await (const keys of client.scanIterator({ MATCH: `${runId}*`, COUNT: 1_000 })) {
        if (keys.length > 0) await client.unlink(keys);
      }
      client.destroy();
    };
    return Promise.resolve({ url, stop });
  };
