import { join } from 'node:path';
import { mkdirSync, rmSync } from 'node:fs';
import postgres from 'postgres';
import { freePort, temporaryDirectory } from '../support/child-server.js';
import { Client } from '../support/client.js';
import type { NodeArguments } from './node-orders.js';
import { NodeProcess } from './node-process.js';
import type { Options } from './options.js';
import { OwnRedis } from './redis-servers.js';
import { quantile } from './report.js';
import { askOf } from './requests.js';
import { ownServices } from './services.js';
import { stockShelves } from './stock-shelves.js';

const WARM_UP = 200;
const MEASURED = 1_000;
/** Median with outbox and ledger over median without. */
const BAR = 1.5;

/** A sale that asks for nothing that would have to be read again: both nodes do the same but for outbox and ledger. */
const SELL = 'mutation ($input: SellMedicineInput!) { sellMedicine(input: $input) { total { amount } } }';

/**
 * What outbox and ledger cost a mutation: the same sale on two nodes in turns, one of which has neither triggers nor
 * ledger calls. The bar is that of a database that does not wait for its disk: there a commit costs next to nothing, and
 * all that is added weighs most. How much it is where commits wait is shown beside it.
 */
export async function overhead(options: Options, print: (line: string) => void): Promise<boolean> {
  const measured = await measure(options, false);
  const passed = ratioOf(measured) <= BAR;
  print(line(measured, `at most ${BAR}: ${passed ? 'met' : 'NOT MET'}`));
  if (measured.isDurable) return passed;
  const durable = await measure(options, true);
  // A server that was named, or a container, is as it is.
  if (durable.isDurable) print(line(durable, 'as in production'));
  return passed;
}

function ratioOf({ withOutbox, without }: Measured): number {
  return withOutbox / without;
}

function line(measured: Measured, remark: string): string {
  const { withOutbox, without, isDurable } = measured;
  return `${isDurable ? 'commits wait for the disk' : 'commits do not wait for the disk'}: median of ${MEASURED} sales each, in turns, ${withOutbox.toFixed(2)} ms with outbox and ledger, ${without.toFixed(2)} ms without: ratio ${ratioOf(measured).toFixed(2)} (${remark})`;
}

interface Measured {
  readonly isDurable: boolean;
  /** Median in milliseconds, with outbox and ledger. */
  readonly withOutbox: number;
  readonly without: number;
}

async function measure(options: Options, isDurable: boolean): Promise<Measured> {
  const ends: (() => Promise<unknown>)[] = [];
  try {
    const directory = temporaryDirectory('overhead');
    // Also when the run is broken off: servers and nodes end by themselves then.
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
    const logs = options.logs ?? directory;
    mkdirSync(logs, { recursive: true });
    const services = await ownServices(process.env, { isDurable });
    ends.push(() => services.stop());
    const redis = await OwnRedis.start(services.redisProgram, join(directory, 'redis'));
    ends.push(() => redis.kill());
    const sql = postgres(services.databaseUrl, { max: 1, onnotice: () => undefined });
    const shelves = await stockShelves(services.databaseUrl, sql);
    await sql`update stock_levels set quantity = 1000000`;
    await sql.end();
    const bareUrl = await copyOf(services.databaseUrl);

    const start = async (index: number, changed: Partial<NodeArguments>): Promise<NodeProcess> => {
      const args: NodeArguments = {
        port: await freePort(),
        databaseUrl: services.databaseUrl,
        redisUrl: `redis://127.0.0.1:${redis.port}`,
        seed: options.seed,
        clockShift: 0,
        ledgerMaxTags: null,
        without: [],
        divergenceShare: 0,
        ...changed,
      };
      const node = new NodeProcess(index, args, join(logs, `overhead-${index}.log`));
      ends.push(() => node.close());
      await node.start();
      return node;
    };
    const nodes = [await start(0, {}), await start(1, { databaseUrl: bareUrl, isBare: true })];
    // A node does not start where nothing captures changes.
    await takeTriggersOut(bareUrl);
    const [shelf] = shelves;
    if (shelf === undefined) throw new Error('there is no shelf');
    const rows = shelf.rows.filter(({ stock }) => stock.latest.state.quantity !== null);
    const tokens = await Promise.all(nodes.map(({ url }) => new Client(url).signIn(`admin@${shelf.tenant}.example`)));
    const times: [number[], number[]] = [[], []];
    for (let turn = 0; turn < WARM_UP + MEASURED; turn++) {
      const medicineId = rows[turn % rows.length]?.id;
      const ask = { query: SELL, variables: { input: { medicineId, quantity: 1 } }, tenant: shelf.tenant };
      for (const which of turn % 2 === 0 ? [0, 1] : [1, 0]) {
        const began = performance.now();
        const reply = await nodes[which]?.http.ask(askOf(ask, tokens[which] ?? ''));
        if (reply?.kind !== 'answer') throw new Error(`a sale failed: ${reply?.reason ?? 'no node'}`);
        if (turn >= WARM_UP) times[which]?.push(performance.now() - began);
      }
    }
    const [withOutbox, without] = times.map((of) => quantile(of, 0.5) ?? 0) as [number, number];
    return { isDurable: services.isDurable, withOutbox, without };
  } finally {
    for (const end of ends.reverse()) await end().catch(() => undefined);
  }
}

/** Another database with the same rows. */
async function copyOf(databaseUrl: string): Promise<string> {
  const url = new URL(databaseUrl);
  const source = url.pathname.slice(1);
  const name = `${source}_bare`;
  const admin = new URL(databaseUrl);
  admin.pathname = '/template1';
  const sql = postgres(admin.href, { max: 1, onnotice: () => undefined });
  await sql`create database ${sql(name)} template ${sql(source)}`.finally(() => sql.end());
  url.pathname = `/${name}`;
  const copy = postgres(url.href, { max: 1, onnotice: () => undefined });
  // Another database is another cache: the two nodes share a Redis and must not share entries.
  await copy`update cache_identity set id = gen_random_uuid()`.finally(() => copy.end());
  return url.href;
}

/** From then on nobody is told what changes. */
async function takeTriggersOut(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    const tables = await sql<{ name: string }[]>`select distinct tgrelid::regclass::text as name from pg_trigger where tgname like 'larder_capture%'`;
    for (const table of tables) await sql`alter table ${sql(table.name)} disable trigger user`;
  } finally {
    await sql.end();
  }
}
