import { chmodSync, existsSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import postgres from 'postgres';
import { expect, inject, it, vi } from 'vitest';
import { startServices } from './start-services.js';
import { createTestDatabase } from './test-database.js';

it('servers are ready when they are handed out, and gone with their directories afterwards', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'larder-services-'));
  // PostgreSQL does not run as root: whoever it runs as must get through to its own directory.
  chmodSync(directory, 0o755);
  vi.stubEnv('TMPDIR', directory);
  const services = await startServices();
  const sql = postgres(services.databaseUrl, { max: 1 });
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  await sql.end();
  const redis = createClient({ url: services.redisUrl });
  await redis.connect();
  expect(await redis.ping()).toBe('PONG');
  redis.destroy();
  expect(existsSync(services.chromiumPath)).toBe(true);
  await services.stop();
  expect(readdirSync(directory)).toEqual([]);
  rmdirSync(directory);
  vi.unstubAllEnvs();
});

it('on servers named by variables only what this run left is removed', async () => {
  const env = {
    TEST_DATABASE_URL: inject('databaseUrl'),
    TEST_REDIS_URL: inject('redisUrl'),
    TEST_CHROMIUM_PATH: inject('chromiumPath'),
  };
  const kept = await createTestDatabase();
  const services = await startServices(env);
  expect(services).toMatchObject({
    databaseUrl: env.TEST_DATABASE_URL,
    redisUrl: env.TEST_REDIS_URL,
    chromiumPath: env.TEST_CHROMIUM_PATH,
  });

  const sql = postgres(env.TEST_DATABASE_URL, { max: 1 });
  await sql`create database ${sql(`${services.runId}_left`)}`;
  const redis = createClient({ url: env.TEST_REDIS_URL });
  await redis.connect();
  await redis.mSet({ [`${services.runId}:left`]: '1', [`${inject('runId')}:kept`]: '1' });
  await services.stop();

  const databases = (await sql<{ name: string }[]>`select datname as name from pg_database`).map(({ name }) => name);
  expect(databases).not.toContain(`${services.runId}_left`);
  expect(databases).toContain(new URL(kept.url).pathname.slice(1));
  expect(await redis.exists(`${services.runId}:left`)).toBe(0);
  expect(await redis.exists(`${inject('runId')}:kept`)).toBe(1);
  await redis.unlink(`${inject('runId')}:kept`);
  redis.destroy();
  await sql.end();
  await kept.drop();
});

it('a variable that names nothing usable is refused by name', async () => {
  const env = { TEST_DATABASE_URL: 'postgres://postgres@127.0.0.1:1/postgres' };
  await expect(startServices(env)).rejects.toThrow(
    /^TEST_DATABASE_URL names a postgres that the tests cannot use: .*ECONNREFUSED/,
  );
});
