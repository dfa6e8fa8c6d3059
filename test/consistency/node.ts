import { createApp } from '../../src/app.js';
import { NOTHING } from '../../src/cache/index.js';
import { loadConfig } from '../../src/config.js';
import { openDatabase, type Database } from '../../src/database/database.js';
import { silentLogger } from '../../src/lib/logger.js';
import { Random } from '../model/random.js';
import type { NodeArguments, Order, Word } from './node-orders.js';

// Whoever started it is gone: also when that happens while it is starting.
process.on('disconnect', () => process.exit(1));
if (!process.connected) process.exit(1);

const args = JSON.parse(process.argv[2] ?? '{}') as NodeArguments;
const random = new Random(args.seed);
let clockShift = args.clockShift;
let held = { share: 0, milliseconds: 0 };
let diesAfterCommit = false;

const say = (word: Word): void => {
  process.send?.(word);
};

/** What the service would have opened itself, with the moments in it at which the checker wants to interfere. */
function watched(database: Database): Database {
  return {
    ...database,
    // Held before or after what the database answers: either way a write can overtake the load.
    read: async (scope, query) => {
      const milliseconds = random.chance(held.share) ? random.next() * held.milliseconds : 0;
      const before = random.chance(0.3);
      if (milliseconds > 0 && before) await pause(milliseconds);
      const result = await database.read(scope, query);
      if (milliseconds > 0 && !before) await pause(milliseconds);
      return result;
    },
    writeAndRead: async (scope, work, last) => {
      // The bare one asks for nothing, and is told nothing.
      const ended = args.isBare === true ? { result: await database.write(scope, work), rows: [] } : await database.writeAndRead(scope, work, last);
      // Committed, and nobody has been told yet.
      if (diesAfterCommit && typeof scope === 'object') process.kill(process.pid, 'SIGKILL');
      return ended;
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

const database = await openDatabase({ url: args.databaseUrl, poolMax: 8, dataDir: null, logger: silentLogger });
const config = loadConfig({
  NODE_ENV: 'test',
  PORT: String(args.port),
  LOG_LEVEL: 'warn',
  LOG_FORMAT: 'json',
  DATABASE_URL: args.databaseUrl,
  REDIS_URL: args.redisUrl,
  // A busy machine must not turn hits into misses: what is never served from the cache is never stale.
  CACHE_DEADLINE_MS: '500',
  CACHE_DIVERGENCE_SHARE: String(args.divergenceShare),
});
const app = await createApp(config, {
  database: watched(database),
  clock: { now: () => Date.now() + clockShift },
  without: args.without.length === 0 ? NOTHING : new Set(args.without),
  ...(args.ledgerMaxTags === null ? {} : { ledgerMaxTags: args.ledgerMaxTags }),
});

const counted = { hits: 0, misses: 0, joins: 0, compared: 0 };
app.cache.events.on((event) => {
  const { type } = event;
  if (type === 'hit') counted.hits++;
  if (type === 'miss') counted.misses++;
  if (type === 'join') counted.joins++;
  if (type === 'compare') counted.compared++;
  if (type === 'diverge') say({ say: 'diverged', what: `${event.of.key} at ${event.path}, without ${event.missing.join(' ') || 'a tag that is known'}` });
});

process.on('message', (order: Order) => {
  if (order.do === 'shift clock') clockShift = order.milliseconds;
  if (order.do === 'hold reads') held = order;
  if (order.do === 'die after commit') diesAfterCommit = true;
  if (order.do === 'report') say({ say: 'report', standing: app.cache.ledger.standing(), ...counted });
  if (order.do === 'stop') void app.close().then(() => process.exit(0));
});

await app.listen();
say({ say: 'listening' });
