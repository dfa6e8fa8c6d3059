import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { createApp, type App } from '../../../src/app.js';
import { loadConfig } from '../../../src/config.js';
import { openDatabase } from '../../../src/database/database.js';
import { importCatalogue } from '../../../src/database/seed/import-catalogue.js';
import { seedDemo } from '../../../src/database/seed/seed-demo.js';
import { silentLogger } from '../../../src/lib/logger.js';
import { hashPassword } from '../../../src/modules/tenancy/tenancy.module.js';
import { Client } from '../../support/client.js';
import type { Services } from '../../support/start-services.js';

export type NeededServices = Pick<Services, 'databaseUrl' | 'redisUrl' | 'runId' | 'stop'>;

export interface Api {
  readonly app: App;
  readonly client: Client;
}

/** Two nodes of one service, on one database and Redis: one as it is, the other without caches. */
export interface TwoApis {
  readonly cached: Api;
  readonly bare: Api;
  close(): Promise<void>;
}

const PRODUCTS = 400;
const MEDICINES = 40;
/** Who makes queries up does not count what they cost. */
const UNLIMITED = { LIMIT_COST: '1000000000', LIMIT_TOKENS: '10000', LIMIT_DEPTH: '100', LIMIT_ROOT_FIELDS: '1000', LIMIT_ALIASES: '1000', LIMIT_SIGN_IN: '0' };

export async function openTwoApis({ databaseUrl, redisUrl, runId, stop }: NeededServices): Promise<TwoApis> {
  const name = `${runId}_${randomBytes(4).toString('hex')}`;
  const own = new URL(databaseUrl);
  own.pathname = `/${name}`;
  await onServer(databaseUrl, (sql) => sql`create database ${sql(name)} template template0`);
  await seed(own.href);
  const env = { DATABASE_URL: own.href, REDIS_URL: redisUrl, CACHE_PREFIX: name, ...UNLIMITED };
  const cached = await openApi(env);
  const bare = await openApi({ ...env, CACHE_ENABLED: 'false' });
  const close = async (): Promise<void> => {
    await Promise.all([cached.app.close(), bare.app.close()]);
    await onServer(databaseUrl, (sql) => sql`drop database if exists ${sql(name)} with (force)`);
    await stop();
  };
  return { cached, bare, close };
}

async function openApi(env: Readonly<Record<string, string>>): Promise<Api> {
  // A busy machine must not turn hits into misses.
  const config = loadConfig({ NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent', CACHE_DEADLINE_MS: '5000', ...env });
  const app = await createApp(config);
  const { url } = await app.listen();
  return { app, client: new Client(url) };
}

async function seed(url: string): Promise<void> {
  const database = await openDatabase({ url, dataDir: null, poolMax: 2, logger: silentLogger });
  try {
    await importCatalogue(database, { limit: PRODUCTS });
    await seedDemo(database, { production: false, hashPassword, medicinesPerTenant: MEDICINES });
  } finally {
    await database.close();
  }
}

async function onServer(url: string, work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await work(sql).finally(() => sql.end());
}
