import { join } from 'node:path';
import { rmSync } from 'node:fs';
import postgres from 'postgres';
import { createApp } from '../../src/app.js';
import type { CacheKey, Identity, Tag } from '../../src/cache/index.js';
import { loadConfig } from '../../src/config.js';
import { Random } from '../model/random.js';
import { temporaryDirectory } from '../support/child-server.js';
import { Client as GraphqlClient } from '../support/client.js';
import { HttpClient } from './http-client.js';
import type { Options } from './options.js';
import { OwnRedis } from './redis-servers.js';
import { askOf, everythingOf, stockChangeRequest, updateRequest, type WriteRequest } from './requests.js';
import { ownServices } from './services.js';
import { stockShelves } from './stock-shelves.js';
import { SEARCHED, type MedicineRow, type Shelf } from './shelves.js';

const WRITES = 600;
/** At most this share of what a type with declared predicates loaded anew may turn out unchanged. */
const BAR = 0.05;

interface Figures {
  again: number;
  unchanged: number;
  /** Whether an entry of it depends on a predicate and not on a whole table. */
  isDeclared: boolean;
}

interface Held {
  readonly json: string;
  readonly tags: readonly Tag[];
}

/**
 * A mixed workload on one node, everything read after each write: how much of what was invalidated was the same when it
 * was loaded again.
 */
export async function overInvalidation(options: Options, print: (line: string) => void): Promise<boolean> {
  const ends: (() => Promise<unknown>)[] = [];
  try {
    const directory = temporaryDirectory('over-invalidation');
    // Also when the run is broken off: servers and nodes end by themselves then.
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
    const services = await ownServices(process.env);
    ends.push(() => services.stop());
    const redis = await OwnRedis.start(services.redisProgram, join(directory, 'redis'));
    ends.push(() => redis.kill());
    const sql = postgres(services.databaseUrl, { max: 1, onnotice: () => undefined });
    const [shelf] = await stockShelves(services.databaseUrl, sql);
    await sql.end();
    if (shelf === undefined) throw new Error('there is no shelf');
    const app = await createApp(
      loadConfig({
        NODE_ENV: 'test',
        PORT: '0',
        LOG_LEVEL: 'silent',
        DATABASE_URL: services.databaseUrl,
        REDIS_URL: `redis://127.0.0.1:${redis.port}`,
        CACHE_DEADLINE_MS: '5000',
      }),
    );
    ends.push(() => app.close());
    const { url } = await app.listen();
    const figures = watch(app.cache);
    const token = await new GraphqlClient(url).signIn(`admin@${shelf.tenant}.example`);
    const http = new HttpClient(Number(new URL(url).port));
    ends.push(async () => http.close());
    const send = async (request: Pick<WriteRequest, 'query' | 'variables' | 'tenant'>): Promise<void> => {
      const reply = await http.ask(askOf(request, token));
      if (reply.kind !== 'answer') throw new Error(`a request failed: ${reply.reason}`);
    };
    const random = new Random(options.seed);
    const requests = everythingOf(shelf);
    const readAll = async (): Promise<void> => {
      for (const request of requests) await send(request);
      await app.cache.drain();
    };
    await readAll();
    for (let write = 0; write < WRITES; write++) {
      await send(someWrite(shelf, random, write));
      await readAll();
    }
    return show(figures, print);
  } finally {
    for (const end of ends.reverse()) await end().catch(() => undefined);
  }
}

/** Prices and stock mostly, as in a shop; some moves, names, and medicines that are taken out of the assortment or back. */
function someWrite(shelf: Shelf, random: Random, turn: number): WriteRequest {
  const row: MedicineRow = random.pick(shelf.rows.filter(({ stock }) => stock.latest.state.quantity !== null));
  const chance = random.next();
  if (chance < 0.45) return stockChangeRequest(row, random.chance(0.5) ? -1 - random.below(3) : 1 + random.below(100));
  const price = 1_000 + turn;
  if (chance < 0.8) return updateRequest(row, { price });
  if (chance < 0.88) return updateRequest(row, { price, categoryId: random.pick(shelf.categoryIds) });
  if (chance < 0.94) return updateRequest(row, { price, name: `${random.pick(['alpha', SEARCHED])} ${turn}` });
  return updateRequest(row, { price, discontinued: random.chance(0.2) });
}

/** Compares what is stored under a key with what was there when it was found invalidated. */
function watch(cache: Awaited<ReturnType<typeof createApp>>['cache']): Map<string, Figures> {
  const figures = new Map<string, Figures>();
  const held = new Map<CacheKey, Held>();
  const invalidated = new Map<CacheKey, Identity>();
  cache.events.on((event) => {
    if (event.type === 'miss' && event.reason === 'invalidated') invalidated.set(event.of.key, event.of);
  });
  const { store } = cache;
  const setMany = store.setMany.bind(store);
  store.setMany = (writes) => {
    for (const { key, entry } of writes) {
      const json = JSON.stringify(entry.value);
      const of = invalidated.get(key);
      const before = held.get(key);
      if (of !== undefined && before !== undefined) {
        const name = `${of.subject.layer} ${of.subject.name}`;
        const counted = figures.get(name) ?? { again: 0, unchanged: 0, isDeclared: false };
        figures.set(name, counted);
        counted.again++;
        if (before.json === json) counted.unchanged++;
        if (entry.tags.some((tag) => tag.includes('?'))) counted.isDeclared = true;
      }
      invalidated.delete(key);
      held.set(key, { json, tags: entry.tags });
    }
    return setMany(writes);
  };
  return figures;
}

function show(figures: ReadonlyMap<string, Figures>, print: (line: string) => void): boolean {
  let met = true;
  print(`${WRITES} writes, everything read after each: what was invalidated, loaded again, and had not changed`);
  for (const [name, { again, unchanged, isDeclared }] of [...figures].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const share = unchanged / again;
    const isMet = !isDeclared || share <= BAR;
    met &&= isMet;
    const note = isDeclared ? `at most ${BAR * 100} %: ${isMet ? 'met' : 'NOT MET'}` : 'by table';
    print(`  ${name.padEnd(40)} ${String(again).padStart(7)} ${String(unchanged).padStart(7)}  ${(share * 100).toFixed(1).padStart(5)} %  ${note}`);
  }
  return met;
}
