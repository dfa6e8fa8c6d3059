import { join } from 'node:path';
import { rmSync } from 'node:fs';
import postgres from 'postgres';
import { createApp } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { openDatabase } from '../../src/database/database.js';
import { importCatalogue } from '../../src/database/seed/import-catalogue.js';
import { seedDemo } from '../../src/database/seed/seed-demo.js';
import { silentLogger } from '../../src/lib/logger.js';
import { hashPassword } from '../../src/modules/tenancy/tenancy.module.js';
import { Random } from '../model/random.js';
import { temporaryDirectory } from '../support/child-server.js';
import { Client as GraphqlClient } from '../support/client.js';
import { assortment } from './assortment.js';
import { fewRows } from './few-rows.js';
import { HttpClient } from './http-client.js';
import type { Options } from './options.js';
import { OwnRedis } from './redis-servers.js';
import { askOf } from './requests.js';
import { ownServices } from './services.js';
import { stockShelves } from './stock-shelves.js';
import { UnchangedReloads } from './unchanged-reloads.js';
import type { Request, Workload } from './workload.js';

const WRITES = 600;
const PRODUCTS = 4_000;
const MEDICINES = 400;

/**
 * Mixed workloads on one node, everything read after each write: how much of what was invalidated was the same when it
 * was loaded again.
 */
export async function overInvalidation(options: Options, print: (line: string) => void): Promise<boolean> {
  const ends: (() => Promise<unknown>)[] = [];
  try {
    const directory = temporaryDirectory('over-invalidation');
    // Also when the run is broken off: servers and nodes end by themselves then.
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
    const { databaseUrl, redisProgram, stop } = await ownServices(process.env);
    ends.push(stop);
    const redis = await OwnRedis.start(redisProgram, join(directory, 'redis'));
    ends.push(() => redis.kill());
    const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
    ends.push(() => sql.end());
    const servers = { databaseUrl, redisUrl: `redis://127.0.0.1:${redis.port}` };
    const [shelf] = await stockShelves(databaseUrl, sql);
    if (shelf === undefined) throw new Error('there is no shelf');

    const few = await run(fewRows(shelf, new Random(options.seed)), servers, print);
    const another = await stockedDatabase(databaseUrl);
    ends.push(() => sql`drop database ${sql(new URL(another).pathname.slice(1))} with (force)`);
    const shop = postgres(another, { max: 1, onnotice: () => undefined });
    ends.push(() => shop.end());
    const many = await run(await assortment(shelf, shop, new Random(options.seed)), { ...servers, databaseUrl: another }, print);
    return few && many;
  } finally {
    for (const end of ends.reverse()) await end().catch(() => undefined);
  }
}

async function run({ name, tenant, reads, write }: Workload, servers: { readonly databaseUrl: string; readonly redisUrl: string }, print: (line: string) => void): Promise<boolean> {
  const { databaseUrl, redisUrl } = servers;
  const app = await createApp(
    loadConfig({ NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, CACHE_DEADLINE_MS: '5000' }),
  );
  try {
    const { url } = await app.listen();
    const reloads = new UnchangedReloads(app.cache);
    const token = await new GraphqlClient(url).signIn(`admin@${tenant}.example`);
    const http = new HttpClient(Number(new URL(url).port));
    const send = async (request: Request): Promise<void> => {
      const reply = await http.ask(askOf(request, token));
      if (reply.kind !== 'answer') throw new Error(`a request failed: ${reply.reason}`);
    };
    const readAll = async (): Promise<void> => {
      for (const request of reads) await send(request);
      await app.cache.drain();
    };
    await readAll();
    for (let turn = 0; turn < WRITES; turn++) {
      await send(write(turn));
      await readAll();
    }
    http.close();
    print(`${name}: ${WRITES} writes, ${reads.length} reads after each: what was invalidated, loaded again, and had not changed`);
    return reloads.show(print);
  } finally {
    await app.close();
  }
}

/** Another database on the same server, with shelves as the demo has them. */
async function stockedDatabase(databaseUrl: string): Promise<string> {
  const url = new URL(databaseUrl);
  const name = `${url.pathname.slice(1)}_stocked`;
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  await sql`create database ${sql(name)} template template0`.finally(() => sql.end());
  url.pathname = `/${name}`;
  const database = await openDatabase({ url: url.href, poolMax: 2, dataDir: null, logger: silentLogger });
  try {
    await importCatalogue(database, { limit: PRODUCTS });
    await seedDemo(database, { production: false, hashPassword, medicinesPerTenant: MEDICINES });
  } finally {
    await database.close();
  }
  return url.href;
}
