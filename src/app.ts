import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { KeyvAdapter } from '@apollo/utils.keyvadapter';
import type { GraphQLSchema } from 'graphql';
import { Registry } from 'prom-client';
import type { Admin } from './admin/admin.js';
import { auditAtStart } from './admin/cache-audit.js';
import { logDecisions, warnOfDivergence } from './admin/cache-log.js';
import { measureCache } from './admin/cache-metrics.js';
import { CacheStatistics } from './admin/cache-statistics.js';
import { capturedTableFacts, rowReader } from './admin/captured-rows.js';
import type { LocalSystem } from './admin/commands.js';
import { createLocalSystem, seedIfWanted } from './admin/local-system.js';
import { printSchema } from './admin/print-schema.js';
import { refuseDemoAccounts } from './admin/refuse-demo.js';
import { welcome } from './admin/welcome.js';
import { predicateForms, type Cache, type Without } from './cache/index.js';
import { cacheFields, DivergenceSampler, ResponseCache, type FieldCacheOptions } from './cache/graphql/index.js';
import type { Config } from './config.js';
import { openDatabase, type Database, type DatabaseOptions, type Db, type DbScope } from './database/database.js';
import { isUnavailable } from './database/database-error.js';
import { authorizeFields, requiredRole } from './graphql/authorize.js';
import { MAX_PAGE_SIZE } from './graphql/connection.js';
import type { Context, ReadDb } from './graphql/context.js';
import { Languages } from './graphql/language.js';
import { profiles } from './graphql/profiles.js';
import type { Role } from './graphql/roles.js';
import { systemClock, type Clock } from './lib/clock.js';
import { withDeadline } from './lib/deadline.js';
import { digest } from './lib/digest.js';
import { cachedTypes as pharmacyTypes } from './modules/pharmacy/pharmacy.module.js';
import { cachedTypes as tenancyTypes, listTenants } from './modules/tenancy/tenancy.module.js';
import { applyPurge, createContextFactory, write } from './context-factory.js';
import { openCache } from './open-cache.js';
import { announceWrites } from './server/announce-writes.js';
import { createLogger, writeLogs } from './server/logger.js';
import { createServer, type Host, type ServerOptions } from './server/create-server.js';
import type { Readiness } from './server/health.js';
import { limitAttempts, type AttemptsOptions } from './server/limits/limit-attempts.js';
import { readOperations } from './server/operations.js';
import { readPersistedOperations } from './server/persisted-operations.js';
import { stopOnSignals } from './server/stop-on-signals.js';
import { buildApiSchema } from './schema.js';

/** What tests put in the place of what a running service has; nothing in the environment reaches it. */
export interface AppOptions {
  readonly clock?: Clock;
  /** Told of every SQL statement as it is sent. */
  readonly onQuery?: (statement: string) => void;
  /** Where log lines go instead of standard output. */
  readonly logTo?: { write(line: string): void };
  /** Mechanisms to take out, to see what then fails. */
  readonly without?: Without;
  /** How many tags the ledger remembers. */
  readonly ledgerMaxTags?: number;
  /** A database that is open already, and is left open by `close`. */
  readonly database?: Database;
  /** In the place of the API's own: everything around it stays, and its resolvers get the same context. */
  readonly schema?: GraphQLSchema;
  /** In the place of Fastify: answers by other means, from the same. */
  readonly host?: (options: ServerOptions<Context>) => Promise<Host>;
}

export interface App {
  readonly config: Config;
  readonly database: Database;
  readonly cache: Cache;
  readonly schema: GraphQLSchema;
  /** Writes as the API does, for jobs in this process: what depends on the change is invalid when it resolves. */
  write<T>(scope: DbScope, work: (tx: Db) => Promise<T>): Promise<T>;
  /** Starts to answer. @returns where. */
  listen(): Promise<{ readonly url: string }>;
  /** Makes readiness fail from now on, keeps answering, and closes each connection after its next answer. */
  retire(): void;
  /** Finishes what is under way, then closes the rooms from the outside in. */
  close(): Promise<void>;
}

const EXAMPLES = fileURLToPath(new URL('../schema/operations', import.meta.url));

/** Puts the service together: the only place that knows every room. */
export async function createApp(config: Config, options: AppOptions = {}): Promise<App> {
  const persisted = await readPersistedOperations(config.persistedOperations);
  const clock = options.clock ?? systemClock;
  const logger = createLogger(config.log, options.logTo);
  const running: { admin?: Admin; isRetired?: boolean } = {};
  const schema =
    options.schema ??
    (await buildApiSchema(() => {
      if (running.admin === undefined) throw new Error('the admin fields were asked before the start was complete');
      return running.admin;
    }));
  const database = options.database ?? (await openDatabase({ ...databaseOptions(config), logger, onQuery: options.onQuery }));
  const audit = await auditAtStart(schema, { database, logger, isForeign: options.schema !== undefined, defaultMaxAge: config.cache.defaultMaxAge }).catch(async (error: unknown) => {
    if (options.database === undefined) await database.close();
    throw error;
  });
  const opened = await openCache({ config, database, clock, logger, without: options.without, ledgerMaxTags: options.ledgerMaxTags });
  const { cache } = opened;
  const statistics = new CacheStatistics(clock);
  cache.events.on(statistics.listener);
  logDecisions(cache, logger);
  warnOfDivergence(cache, logger);

  const languages = new Languages();
  const caching: FieldCacheOptions<Context, ReadDb> = {
    readerOf: (context) => context.reader,
    contextWithin: (context, reader, of) => context.within(reader, of),
    varyBy: (context, args) => languages.of(context.languageOfKey(asText(args['language']))),
    // A tenant's partition holds nothing about people who do not belong to it (P2).
    viewerOf: ({ viewer }) => (viewer.kind === 'anonymous' || viewer.role === null ? null : viewer.userId),
    version: digest(buildId() + printSchema(schema)),
    permissionOf: requiredRole,
    holds: (context, role) => context.mayDo(role as Role),
  };
  cacheFields(schema, caching);
  authorizeFields(schema);
  const responses = new ResponseCache<Context, ReadDb>({
    ...caching,
    schema,
    defaultMaxAge: config.cache.defaultMaxAge,
    ...(options.without === undefined ? {} : { without: options.without }),
    isSourceFailure: isUnavailable,
    executesUnstored: true,
  });
  const sampler = new DivergenceSampler(responses, {
    share: config.cache.divergenceShare,
    settled: () => opened.relay.poll(),
    onError: (error) => logger.debug({ err: error }, 'a cached answer was not compared with its source'),
  });
  guardPasswords(schema, { config, redis: opened.stores.redis, clientOf: ({ client }) => client });
  running.admin = {
    cache,
    applyPurge: (tags) => applyPurge({ ...opened, database }, tags),
    statistics,
    keyPrefix: config.cache.prefix,
    types: { ...tenancyTypes, ...pharmacyTypes },
    tables: capturedTableFacts(),
    forms: predicateForms,
    readRow: rowReader(database),
    profiles: Object.keys(profiles),
    audit,
    listTenants: () => database.read('platform', listTenants),
  };

  const metrics = config.metrics === null ? null : new Registry();
  if (metrics !== null) measureCache(metrics, running.admin);

  const createContext = createContextFactory({ ...opened, database, clock, explainsToAll: config.environment !== 'production', onRenewalError: (error) => logger.warn({ err: error }, 'a session was not renewed') });
  const server = await (options.host ?? createServer<Context>)({
    config,
    logger,
    schema,
    apolloCache: new KeyvAdapter<string>(opened.stores.keyv as never),
    persisted,
    maxPageSize: MAX_PAGE_SIZE,
    plugins: [announceWrites()],
    responses: {
      // What it reads from is none of the server's business.
      cache: responses as unknown as ResponseCache<Context, never>,
      now: () => cache.ledger.now(),
      explains: (context) => context.explains,
      onAnswer: (question, pieces) => sampler.consider(question, pieces),
    },
    metrics,
    context: createContext,
    viewerOf: ({ viewer }) => (viewer.kind === 'anonymous' ? null : viewer.userId),
    ready: () => (running.isRetired === true ? Promise.resolve(STOPPING) : readiness(database, cache)),
    operations: await readOperations(EXAMPLES),
    isUnavailable,
  });

  return {
    config,
    database,
    cache,
    schema,
    write: async (scope, work) => (await write({ ...opened, database }, scope, work)).result,
    listen: async () => ({ url: await server.listen({ host: config.host, port: config.port }) }),
    retire: () => {
      running.isRetired = true;
      server.retire?.();
    },
    close: async () => {
      await server.close();
      await sampler.drain();
      await opened.close();
      if (options.database === undefined) await database.close();
    },
  };
}

function databaseOptions({ database }: Config): Omit<DatabaseOptions, 'logger' | 'onQuery' | 'patience'> {
  return { ...database, url: database.url ?? undefined };
}

const STOPPING: Readiness = { ready: false, checks: { service: 'stopping: requests are answered a while longer' } };

/** Longer than a database takes that can do its work. */
const PING_DEADLINE_MS = 2_000;

async function readiness(database: Database, cache: Cache): Promise<Readiness> {
  const reached = await withDeadline(database.ping(), PING_DEADLINE_MS, 'the database does not answer').then(
    () => true,
    () => false,
  );
  const trusted = cache.ledger.standing() === 'trusted';
  const { kind, position, lag, pending } = cache.ledger.report();
  return {
    // Without its ledger the service answers from the database: slower, and right.
    ready: reached,
    checks: {
      database: reached ? 'ok' : 'not reachable',
      // Opening the database has applied what was missing, or has failed and with it the start.
      migrations: 'ok',
      ledger: trusted ? 'ok' : 'not trusted: nothing is served from the cache',
    },
    ledger: { kind, position, lag, pending },
  };
}

/** Mutations that try a password, and whose. */
const PASSWORDS: AttemptsOptions<Context>['guarded'] = {
  signIn: ({ input }) => asText((input as { readonly email?: unknown }).email)?.trim().toLowerCase() ?? '',
  changePassword: (_, { viewer }) => (viewer.kind === 'anonymous' ? '' : viewer.userId),
};

function guardPasswords(
  schema: GraphQLSchema,
  { config, redis, clientOf }: { readonly config: Config; readonly redis: object | null; readonly clientOf: (context: Context) => string },
): void {
  const { signIn } = config.limits;
  if (signIn === null) return;
  limitAttempts<Context>(schema, { ...signIn, redis, prefix: config.cache.prefix, deadline: config.cache.deadline, guarded: PASSWORDS, clientOf });
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Entries of another build are other keys: its resolvers may answer something else under the same schema. */
function buildId(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}

/** Runs the service until it is told to stop: seeded first, where demo data is wanted and missing. */
export async function serve(config: Config): Promise<void> {
  const logger = createLogger(config.log);
  // What is wrong with the configuration is said before anything is opened.
  await readPersistedOperations(config.persistedOperations);
  const database = await openDatabase({ ...databaseOptions(config), logger });
  await refuseDemoAccounts(config, database);
  await seedIfWanted(config, database);
  const app = await createApp(config, { database });
  const { url } = await app.listen();
  stopOnSignals({
    retire: () => app.retire(),
    delay: config.shutdownDelay,
    close: async () => {
      await app.close();
      await database.close();
    },
    timeout: config.shutdownTimeout,
    logger,
  });
  writeLogs();
  process.stdout.write(welcome({ url, demo: config.demoData, graphiql: config.graphiql }));
}

/** What the command line does without a running server. */
export function localSystem(config: Config): LocalSystem {
  // Standard output is for what the command has to say.
  const logger = createLogger(config.log, process.stderr);
  return {
    ...createLocalSystem({ config, logger, open: () => openDatabase({ ...databaseOptions(config), logger }) }),
    serve: () => serve(config),
  };
}
