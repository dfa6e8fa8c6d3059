import { inject, vi } from 'vitest';
import { createApp, type App, type AppOptions } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { openDatabase, type Database, type Db } from '../../src/database/database.js';
import { silentLogger } from '../../src/lib/logger.js';
import { dumpMemory, dumpRedis, watchMemory, type Kept } from './cache-dump.js';
import { Client } from './client.js';
import { seededDatabase, seededDirectory } from './seeded-databases.js';
import { Statements } from './statements.js';
import { testPrefix } from './test-database.js';
import { withoutMechanism } from './without.js';
import { PATIENT } from './patience.js';

export interface StartOptions extends Pick<AppOptions, 'clock'> {
  /** What stands between the service and its database: to hold what it has read. */
  readonly wrap?: (database: Database) => Database;
  /** Another node of the same service, on its database and Redis. */
  readonly beside?: Running;
  /** Variables beside those that say where database and Redis are. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A service that listens, on data of its own: see `seeded-databases.ts`. */
export interface Running {
  /** What it was started with. */
  readonly env: Readonly<Record<string, string>>;
  readonly app: App;
  readonly client: Client;
  readonly statements: Statements;
  /** Log lines so far, at level debug. */
  readonly logs: readonly string[];
  /** Resolves when nothing is being stored any more, and what is stored may be served. */
  settled(): Promise<void>;
  /**
   * Does it again when the node could not trust its ledger meanwhile: on a machine that stands still for a second nothing
   * stored is served, which is right, and not what the work wants to see.
   */
  whileTrusted<T>(work: () => Promise<T>): Promise<T>;
  /** Writes as a program of ours would that is not the API: in a transaction whose changes invalidate what they concern. */
  change<T>(work: (tx: Db) => Promise<T>): Promise<T>;
  /** Everything in the stores. */
  dump(): Promise<readonly Kept[]>;
  close(): Promise<void>;
}

export interface Backend {
  readonly name: string;
  readonly redis: boolean;
  start(options?: StartOptions): Promise<Running>;
}

const ATTEMPTS = 5;

interface Place {
  readonly env: Readonly<Record<string, string>>;
  readonly drop: () => Promise<void>;
}

const embedded: Backend = {
  name: 'PGlite + memory',
  redis: false,
  start: async (options) => {
    const { path, drop } = await seededDirectory();
    return start({ env: { LARDER_DATA_DIR: path }, drop }, options);
  },
};

const servers = (name: string, env: Readonly<Record<string, string>> = {}): Backend => ({
  name,
  redis: true,
  start: async (options) => {
    if (options?.beside !== undefined) return start({ env: options.beside.env, drop: () => Promise.resolve() }, options);
    const { url, drop } = await seededDatabase();
    return start({ env: { DATABASE_URL: url, REDIS_URL: inject('redisUrl'), ...env }, drop }, options);
  },
});

/** The two ways to run: every test of the API passes on both. */
export const backends: readonly Backend[] = [embedded, servers('PostgreSQL + Redis')];

/** Without the memory in front of Redis: every hit comes from Redis itself. */
export const redisAlone: Backend = servers('PostgreSQL + Redis alone', { CACHE_MEMORY_BYTES: '0' });

async function start({ env, drop }: Place, options: StartOptions = {}): Promise<Running> {
  const statements = new Statements();
  const logs: string[] = [];
  const prefix = options.env?.['CACHE_PREFIX'] ?? env['CACHE_PREFIX'] ?? testPrefix();
  watchMemory();
  const without = withoutMechanism();
  const config = loadConfig({
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'debug',
    LOG_FORMAT: 'json',
    CACHE_PREFIX: prefix,
    // A busy machine must not turn hits into misses.
    CACHE_DEADLINE_MS: '5000',
    // Every hit is compared with its source: what differs fails the test that closes the service. A difference also
    // brings about a poll, which would make up for a mechanism that is taken out.
    CACHE_DIVERGENCE_SHARE: without.size === 0 ? '1' : '0',
    ...env,
    ...options.env,
  });
  const database = options.wrap && options.wrap(await openDatabase({ ...config.database, url: config.database.url ?? undefined, logger: silentLogger, onQuery: statements.record }));
  const app = await createApp(config, {
    onQuery: statements.record,
    logTo: { write: (line) => void logs.push(line) },
    ...(database === undefined ? {} : { database }),
    without,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  const diverged: string[] = [];
  app.cache.events.on((event) => {
    if (event.type === 'diverge') diverged.push(`${event.of.subject.name} at ${event.path}, missing ${event.missing.join(' ') || 'no tag'}`);
  });
  const { url } = await app.listen();
  const redisUrl = env['REDIS_URL'];
  const settled = async (): Promise<void> => {
    await app.cache.drain();
    await vi.waitUntil(() => app.cache.ledger.standing() === 'trusted', PATIENT);
  };
  return {
    env: { ...env, CACHE_PREFIX: prefix },
    app,
    client: new Client(url),
    statements,
    logs,
    settled,
    whileTrusted: async (work) => {
      for (let attempt = 1; ; attempt++) {
        await settled();
        let lapsed = false;
        const stop = app.cache.events.on(() => (lapsed ||= app.cache.ledger.standing() !== 'trusted'));
        try {
          const result = await work();
          if (!lapsed || attempt === ATTEMPTS) return result;
        } catch (error) {
          if (!lapsed || attempt === ATTEMPTS) throw error;
        } finally {
          stop();
        }
      }
    },
    change: (work) => app.write('platform', work),
    dump: async () => {
      await settled();
      return [...dumpMemory(prefix), ...(redisUrl === undefined ? [] : await dumpRedis(redisUrl, prefix))];
    },
    close: async () => {
      await app.close();
      if (diverged.length > 0 && without.size === 0) throw new Error(`cached answers differed from their source: ${diverged.join('; ')}`);
      await database?.close();
      await drop();
    },
  };
}
