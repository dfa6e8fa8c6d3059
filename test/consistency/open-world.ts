import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { freePort, temporaryDirectory } from '../support/child-server.js';
import { Client as GraphqlClient } from '../support/client.js';
import { Random } from '../model/random.js';
import { NodeProcess } from './node-process.js';
import type { Options } from './options.js';
import { OwnRedis } from './redis-servers.js';
import { ownServices } from './services.js';
import { stockShelves } from './stock-shelves.js';
import { TcpProxy } from './tcp-proxy.js';
import type { Place, World } from './world.js';

export interface OpenedWorld {
  readonly world: World;
  /** Sessions of one administrator per tenant, by the tenant's slug. */
  readonly tokens: Readonly<{ [tenant: string]: string }>;
  close(): Promise<void>;
}

/** Starts servers, proxies and nodes; `close` ends all of them, also when not everything could be started. */
export async function openWorld(options: Pick<Options, 'nodes' | 'seed' | 'without' | 'logs' | 'comparing'>): Promise<OpenedWorld> {
  const ends: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end().catch(() => undefined);
  };
  try {
    const directory = temporaryDirectory('consistency');
    // Also when the run is broken off: servers and nodes end by themselves then.
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
    const logs = options.logs ?? directory;
    mkdirSync(logs, { recursive: true });
    const services = await ownServices(process.env);
    ends.push(() => services.stop());
    const sql = postgres(services.databaseUrl, { max: 6, onnotice: () => undefined });
    ends.push(() => sql.end({ timeout: 5 }));
    const shelves = await stockShelves(services.databaseUrl, sql);

    let started = 0;
    const startRedis: World['startRedis'] = async (how) => {
      const redis = await OwnRedis.start(services.redisProgram, join(directory, `redis-${started++}`), how);
      ends.push(() => redis.kill());
      return redis;
    };
    const redis = await startRedis();
    const places: Place[] = [];
    const databasePort = Number(new URL(services.databaseUrl).port || 5432);
    for (let index = 0; index < options.nodes; index++) {
      const toRedis = await TcpProxy.start(redis.port);
      const toPostgres = await TcpProxy.start(databasePort);
      ends.push(() => toRedis.close(), () => toPostgres.close());
      const databaseUrl = new URL(services.databaseUrl);
      databaseUrl.port = String(toPostgres.port);
      const args = {
        port: await freePort(),
        databaseUrl: databaseUrl.href,
        redisUrl: `redis://127.0.0.1:${toRedis.port}`,
        seed: options.seed * 100 + index,
        clockShift: 0,
        ledgerMaxTags: null,
        without: options.without,
        divergenceShare: options.comparing === 'all' || (options.comparing === 'one' && index === 0) ? 1 : 0,
      };
      const node = new NodeProcess(index, args, join(logs, `node-${index}.log`));
      ends.push(() => node.close());
      await node.start();
      places.push({ node, toRedis, toPostgres });
    }
    const tokens: { [tenant: string]: string } = {};
    const [first] = places;
    if (first === undefined) throw new Error('there has to be a node');
    for (const { tenant } of shelves) tokens[tenant] = await new GraphqlClient(first.node.url).signIn(`admin@${tenant}.example`);
    return { world: { places, shelves, sql, databasePid: services.databasePid, redis, startRedis, random: new Random(options.seed) }, tokens, close };
  } catch (error) {
    await close();
    throw error;
  }
}
