/* More than 400 lines: one table of every variable and what is made of it, since no other file reads the environment. */
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';

/** What the service was told to be. Times are milliseconds. */
export interface Config {
  readonly environment: 'development' | 'test' | 'production';
  readonly host: string;
  readonly port: number;
  readonly log: {
    readonly level: LogLevel;
    readonly pretty: boolean;
    /** Of the requests that nothing was wrong with, how many are logged: 0 to 1. */
    readonly requestShare: number;
  };
  readonly database: {
    /** Null: PGlite, in `dataDir`. */
    readonly url: string | null;
    readonly poolMax: number;
    readonly connectTimeout: number;
    readonly statementTimeout: number;
    /** How long a transaction may wait for its next statement. */
    readonly idleInTransactionTimeout: number;
    readonly dataDir: string;
  };
  /** Null: caches and ledger in memory. */
  readonly redis: RedisConfig | null;
  readonly cache: {
    readonly enabled: boolean;
    readonly prefix: string;
    /** Of root and object fields without a hint; 0 is not stored. */
    readonly defaultMaxAge: number;
    /** Of the hits, how many are executed again and compared: 0 to 1. */
    readonly divergenceShare: number;
    /** For all look-ups of one request together. */
    readonly deadline: number;
    readonly memoryBytes: number;
    readonly maxEntryBytes: number;
  };
  readonly http: {
    /** `*`, or origins that browsers may call from; empty: only the service's own. */
    readonly corsOrigins: '*' | readonly string[];
    readonly downstreamCache: 'revalidate' | 'cdn' | 'all';
    readonly cacheTagBytes: number;
    readonly bodyLimit: number;
    /** How many proxies stand in front, or which: what they say about the client's address is believed. */
    readonly trustProxy: false | number | readonly string[];
  };
  readonly limits: {
    readonly tokens: number;
    readonly depth: number;
    readonly rootFields: number;
    readonly aliases: number;
    readonly fields: number;
    /** Of one response name in one selection. */
    readonly repeats: number;
    /** Nesting depth of lists and objects in JSON that is sent. */
    readonly jsonDepth: number;
    /** Bound of everything that is remembered of documents, in bytes of heap. */
    readonly documentBytes: number;
    readonly cost: number;
    /** Operations in one HTTP request; 0: no lists of operations. */
    readonly batch: number;
    readonly requestTimeout: number;
    /** Operations of one viewer; null: no limit. */
    readonly requestsPerMinute: number | null;
    /** Failed attempts at a password; null: no limit. */
    readonly signIn: { readonly attempts: number; readonly window: number } | null;
  };
  readonly persistedOperations: { readonly mode: 'off' | 'prefer' | 'only'; readonly manifest: string | null };
  /** Null: no metrics. With a token, they are for those who send it. */
  readonly metrics: { readonly token: string | null } | null;
  /** What the command line speaks to, and as whom, where it is not told. */
  readonly remote: { readonly url: string | null; readonly token: string | null };
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** Whether the demo tenants and accounts are to be there after the start. Never in production. */
  readonly demoData: boolean;
  /** How long a stop goes on answering while readiness is refused. */
  readonly shutdownDelay: number;
  /** How long a stop waits after that for what is under way. */
  readonly shutdownTimeout: number;
}

export type LogLevel = (typeof LOG_LEVELS)[number];

export type RedisConfig = { readonly connectTimeout: number } & (
  | { readonly kind: 'single'; readonly url: string }
  | ({ readonly kind: 'sentinel'; readonly masterName: string; readonly db: number } & RedisNodes)
  | ({ readonly kind: 'cluster' } & RedisNodes)
);

export interface RedisNodes {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: string | null;
}

/** One sentence: which variable, which value, what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));
const share = z
  .string()
  .regex(/^(0|1|0?\.\d{1,9}|1\.0+)$/)
  .transform(Number);
const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) => z.enum(values);
const boolean = oneOf('true', 'false').transform((value) => value === 'true');
const automatic = oneOf('auto', 'true', 'false');
const optional = z.string().transform((value) => (value === '' ? null : value));
const milliseconds = wholeNumber(1, 600_000);
const host = z.string().regex(/^[A-Za-z0-9.:_-]+$/);

const REDIS_SINGLE = /^rediss?:\/\/(?!-)[^\s/,]+(\/\d*)?$/;
const REDIS_GROUP = /^redis(s?)-(sentinel|cluster):\/\/(?:([^@\s/]*)@)?([^@\s/]+)(?:\/([^\s/]+)(?:\/(\d+))?)?$/;

/** Every variable: the value it has when it is not set or empty, what it accepts, and whether its value may be shown. */
export const VARIABLES = {
  NODE_ENV: {
    default: 'development',
    schema: oneOf('development', 'test', 'production'),
    accepts: 'development, test or production',
  },
  HOST: { default: '127.0.0.1', schema: host, accepts: 'a host name or address, 0.0.0.0 for all' },
  PORT: { default: '4000', schema: wholeNumber(0, 65_535), accepts: 'a whole number from 0 to 65535' },
  LOG_LEVEL: { default: 'info', schema: oneOf(...LOG_LEVELS), accepts: LOG_LEVELS.join(', ') },
  LOG_REQUEST_SHARE: { default: 'auto', schema: z.literal('auto').or(share), accepts: 'auto, or a number from 0 to 1' },
  LOG_FORMAT: { default: 'auto', schema: oneOf('auto', 'json', 'pretty'), accepts: 'auto, json or pretty' },

  DATABASE_URL: {
    default: '',
    schema: optional.refine((url) => url === null || (/^postgres(ql)?:\/\//.test(url) && URL.canParse(url))),
    accepts: 'postgres://user:password@host:port/database',
    secret: true,
  },
  DATABASE_POOL_MAX: { default: '10', schema: wholeNumber(1, 1_000), accepts: 'a whole number from 1 to 1000' },
  DATABASE_CONNECT_TIMEOUT_MS: { default: '5000', schema: milliseconds, accepts: 'milliseconds from 1 to 600000' },
  DATABASE_STATEMENT_TIMEOUT_MS: { default: '10000', schema: milliseconds, accepts: 'milliseconds from 1 to 600000' },
  DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS: { default: '10000', schema: milliseconds, accepts: 'milliseconds from 1 to 600000' },
  LARDER_DATA_DIR: { default: '.larder', schema: z.string(), accepts: 'a directory' },
  DEMO_DATA: { default: 'auto', schema: oneOf('auto', 'always', 'never'), accepts: 'auto, always or never' },

  REDIS_URL: {
    default: '',
    schema: optional.refine((url) => url === null || (REDIS_SINGLE.test(url) && URL.canParse(url)) || redisNodes(url) !== null),
    accepts:
      'redis://host:port/db, rediss://…, redis-sentinel://host:port,host:port/master/db or redis-cluster://host:port,host:port',
    secret: true,
  },
  REDIS_HOST: { default: '', schema: optional.pipe(host.nullable()), accepts: 'a host name or address' },
  REDIS_PORT: { default: '6379', schema: wholeNumber(1, 65_535), accepts: 'a whole number from 1 to 65535' },
  REDIS_DB: { default: '0', schema: wholeNumber(0, 1_000_000), accepts: 'a whole number from 0' },
  REDIS_USERNAME: { default: '', schema: optional, accepts: 'a user name' },
  REDIS_PASSWORD: { default: '', schema: optional, accepts: 'a password', secret: true },
  REDIS_CONNECT_TIMEOUT_MS: { default: '1000', schema: milliseconds, accepts: 'milliseconds from 1 to 600000' },

  CACHE_ENABLED: { default: 'true', schema: boolean, accepts: 'true or false' },
  CACHE_PREFIX: {
    default: 'larder',
    schema: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
    accepts: '1 to 64 letters, digits, _ . and -',
  },
  CACHE_DIVERGENCE_SHARE: { default: '0.001', schema: share, accepts: 'a number from 0 to 1' },
  CACHE_DEFAULT_TTL: { default: '0', schema: wholeNumber(0, 31_536_000), accepts: 'seconds from 0 to 31536000' },
  CACHE_DEADLINE_MS: { default: '50', schema: milliseconds, accepts: 'milliseconds from 1 to 600000' },
  CACHE_MEMORY_BYTES: { default: '67108864', schema: wholeNumber(0, 2 ** 40), accepts: 'a whole number of bytes' },
  CACHE_MAX_ENTRY_BYTES: {
    default: '1048576',
    schema: wholeNumber(1, 2 ** 29),
    accepts: 'a whole number of bytes from 1 to 536870912',
  },

  CORS_ORIGINS: {
    default: '',
    schema: z
      .string()
      .transform(origins)
      .refine((list) => list === '*' || list.every(isOrigin)),
    accepts: '* or origins such as https://shop.example, separated by commas',
  },
  HTTP_DOWNSTREAM_CACHE: { default: 'revalidate', schema: oneOf('revalidate', 'cdn', 'all'), accepts: 'revalidate, cdn or all' },
  HTTP_CACHE_TAG_BYTES: { default: '0', schema: wholeNumber(0, 16_384).refine((bytes) => bytes === 0 || bytes >= 1_024), accepts: '0, or bytes from 1024 to 16384' },
  HTTP_BODY_LIMIT_BYTES: { default: '1048576', schema: wholeNumber(1_024, 2 ** 27), accepts: 'bytes from 1024 to 134217728' },
  TRUST_PROXY: {
    default: '',
    schema: optional.transform(proxies).refine((list) => list === false || typeof list === 'number' || list.every(isProxy)),
    accepts: 'a number of proxies, or their addresses such as 10.0.0.0/8, separated by commas',
  },

  LIMIT_TOKENS: { default: '2000', schema: wholeNumber(1, 10_000), accepts: 'a whole number from 1 to 10000' },
  LIMIT_DEPTH: { default: '12', schema: wholeNumber(1, 1_000), accepts: 'a whole number from 1 to 1000' },
  LIMIT_ROOT_FIELDS: { default: '30', schema: wholeNumber(1, 10_000), accepts: 'a whole number from 1 to 10000' },
  LIMIT_ALIASES: { default: '30', schema: wholeNumber(0, 10_000), accepts: 'a whole number from 0 to 10000' },
  LIMIT_FIELDS: { default: '500', schema: wholeNumber(1, 10_000), accepts: 'a whole number from 1 to 10000' },
  LIMIT_FIELD_REPEATS: { default: '20', schema: wholeNumber(1, 10_000), accepts: 'a whole number from 1 to 10000' },
  LIMIT_JSON_DEPTH: { default: '64', schema: wholeNumber(8, 1_000), accepts: 'a whole number from 8 to 1000' },
  DOCUMENT_MEMORY_BYTES: { default: '33554432', schema: wholeNumber(2 ** 20, 2 ** 32), accepts: 'bytes from 1048576 to 4294967296' },
  LIMIT_COST: { default: '10000', schema: wholeNumber(1, 1_000_000_000), accepts: 'a whole number from 1 to 1000000000' },
  LIMIT_BATCH: { default: '0', schema: wholeNumber(0, 100), accepts: 'a whole number from 0 to 100' },
  LIMIT_REQUESTS_PER_MINUTE: {
    default: 'auto',
    schema: z.literal('auto').or(wholeNumber(0, 1_000_000_000)),
    accepts: 'auto, or a whole number from 0',
  },
  LIMIT_SIGN_IN: { default: '10', schema: wholeNumber(0, 1_000_000), accepts: 'a whole number from 0 to 1000000' },
  LIMIT_SIGN_IN_WINDOW_S: { default: '900', schema: wholeNumber(1, 86_400), accepts: 'seconds from 1 to 86400' },
  REQUEST_TIMEOUT_MS: { default: '10000', schema: milliseconds, accepts: 'milliseconds from 1 to 600000' },
  PERSISTED_OPERATIONS: { default: 'off', schema: oneOf('off', 'prefer', 'only'), accepts: 'off, prefer or only' },
  PERSISTED_OPERATIONS_MANIFEST: { default: '', schema: optional, accepts: 'the path of a JSON file' },

  METRICS: { default: 'auto', schema: automatic, accepts: 'auto, true or false' },
  METRICS_TOKEN: {
    default: '',
    schema: optional.refine((token) => token === null || /^[\x21-\x7e]{8,512}$/.test(token)),
    accepts: 'at least 8 characters without spaces',
    secret: true,
  },
  GRAPHIQL: { default: 'auto', schema: automatic, accepts: 'auto, true or false' },
  INTROSPECTION: { default: 'auto', schema: automatic, accepts: 'auto, true or false' },
  SHUTDOWN_DELAY_MS: { default: 'auto', schema: z.literal('auto').or(wholeNumber(0, 600_000)), accepts: 'auto, or milliseconds from 0 to 600000' },
  SHUTDOWN_TIMEOUT_MS: { default: '10000', schema: milliseconds, accepts: 'milliseconds from 1 to 600000' },

  LARDER_URL: {
    default: '',
    schema: optional.refine((url) => url === null || (/^https?:\/\//.test(url) && URL.canParse(url))),
    accepts: 'the address of a server, such as https://larder.example',
  },
  LARDER_TOKEN: { default: '', schema: optional, accepts: 'the token of an administrator', secret: true },
} as const satisfies Record<string, Variable>;

interface Variable {
  readonly default: string;
  readonly schema: z.ZodType<unknown, string>;
  readonly accepts: string;
  readonly secret?: boolean;
}

export type VariableName = keyof typeof VARIABLES;
type Values = { readonly [Name in VariableName]: z.output<(typeof VARIABLES)[Name]['schema']> };
type Environment = Readonly<Record<string, string | undefined>>;

/** @throws ConfigError for the first variable with a value it does not accept, or that contradicts another. */
export function loadConfig(env: Environment): Config {
  const is = read(env);
  const production = is.NODE_ENV === 'production';
  if (production && is.DEMO_DATA === 'always') {
    throw new ConfigError(
      'DEMO_DATA is "always" while NODE_ENV is "production", where demo accounts are refused: set DEMO_DATA to never.',
    );
  }
  return deepFreeze<Config>({
    environment: is.NODE_ENV,
    host: is.HOST,
    port: is.PORT,
    log: {
      level: is.LOG_LEVEL,
      pretty: is.LOG_FORMAT === 'auto' ? !production && Boolean(process.stdout.isTTY) : is.LOG_FORMAT === 'pretty',
      // Where many are served, a line of each costs more than most of them do.
      requestShare: is.LOG_REQUEST_SHARE === 'auto' ? (production ? PUBLIC_LOGGED_SHARE : 1) : is.LOG_REQUEST_SHARE,
    },
    database: {
      url: is.DATABASE_URL,
      poolMax: is.DATABASE_POOL_MAX,
      connectTimeout: is.DATABASE_CONNECT_TIMEOUT_MS,
      statementTimeout: is.DATABASE_STATEMENT_TIMEOUT_MS,
      idleInTransactionTimeout: is.DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS,
      dataDir: is.LARDER_DATA_DIR,
    },
    redis: redis(env, is),
    cache: {
      enabled: is.CACHE_ENABLED,
      prefix: is.CACHE_PREFIX,
      defaultMaxAge: is.CACHE_DEFAULT_TTL * 1_000,
      divergenceShare: is.CACHE_DIVERGENCE_SHARE,
      deadline: is.CACHE_DEADLINE_MS,
      memoryBytes: is.CACHE_MEMORY_BYTES,
      maxEntryBytes: is.CACHE_MAX_ENTRY_BYTES,
    },
    http: {
      corsOrigins: is.CORS_ORIGINS,
      downstreamCache: is.HTTP_DOWNSTREAM_CACHE,
      cacheTagBytes: is.HTTP_CACHE_TAG_BYTES,
      bodyLimit: is.HTTP_BODY_LIMIT_BYTES,
      trustProxy: is.TRUST_PROXY,
    },
    limits: limits(is),
    persistedOperations: persistedOperations(is),
    metrics: metrics(is),
    remote: { url: is.LARDER_URL, token: is.LARDER_TOKEN },
    graphiql: is.GRAPHIQL === 'auto' ? !production : is.GRAPHIQL === 'true',
    introspection: is.INTROSPECTION === 'auto' ? !production : is.INTROSPECTION === 'true',
    demoData: is.DEMO_DATA === 'auto' ? is.DATABASE_URL === null && !production : is.DEMO_DATA === 'always',
    shutdownDelay: is.SHUTDOWN_DELAY_MS === 'auto' ? (production ? BALANCED_SHUTDOWN_DELAY_MS : 0) : is.SHUTDOWN_DELAY_MS,
    shutdownTimeout: is.SHUTDOWN_TIMEOUT_MS,
  });
}

function limits(is: Values): Config['limits'] {
  // A limit on requests is for the public: on a machine of one's own it would be in the way.
  const perMinute = is.LIMIT_REQUESTS_PER_MINUTE === 'auto' ? (is.NODE_ENV === 'production' ? PUBLIC_REQUESTS_PER_MINUTE : 0) : is.LIMIT_REQUESTS_PER_MINUTE;
  return {
    tokens: is.LIMIT_TOKENS,
    depth: is.LIMIT_DEPTH,
    rootFields: is.LIMIT_ROOT_FIELDS,
    aliases: is.LIMIT_ALIASES,
    fields: is.LIMIT_FIELDS,
    repeats: is.LIMIT_FIELD_REPEATS,
    jsonDepth: is.LIMIT_JSON_DEPTH,
    documentBytes: is.DOCUMENT_MEMORY_BYTES,
    cost: is.LIMIT_COST,
    batch: is.LIMIT_BATCH,
    requestTimeout: is.REQUEST_TIMEOUT_MS,
    requestsPerMinute: perMinute === 0 ? null : perMinute,
    signIn: is.LIMIT_SIGN_IN === 0 ? null : { attempts: is.LIMIT_SIGN_IN, window: is.LIMIT_SIGN_IN_WINDOW_S * 1_000 },
  };
}

/** Longer than a balancer needs that polls each second and acts on the third failure. */
const BALANCED_SHUTDOWN_DELAY_MS = 5_000;
const PUBLIC_LOGGED_SHARE = 0.01;
const PUBLIC_REQUESTS_PER_MINUTE = 6_000;

function persistedOperations(is: Values): Config['persistedOperations'] {
  const [mode, manifest] = [is.PERSISTED_OPERATIONS, is.PERSISTED_OPERATIONS_MANIFEST];
  if (mode !== 'off' && manifest === null) {
    throw new ConfigError(`PERSISTED_OPERATIONS is "${mode}" while PERSISTED_OPERATIONS_MANIFEST is not set: say which file has the operations.`);
  }
  return { mode, manifest };
}

function metrics(is: Values): Config['metrics'] {
  // Anybody may ask on a machine of one's own; in public only who has the token, unless it is said aloud.
  const isShown = is.METRICS === 'auto' ? is.NODE_ENV !== 'production' || is.METRICS_TOKEN !== null : is.METRICS === 'true';
  return isShown ? { token: is.METRICS_TOKEN } : null;
}

function proxies(value: string | null): false | number | readonly string[] {
  if (value === null) return false;
  return /^\d{1,2}$/.test(value) ? Number(value) : value.split(',').map((proxy) => proxy.trim());
}

function isProxy(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  return isIP(address) !== 0 && rest.length === 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128)));
}

/** The variables of this process, and those of a file `.env` that it has not; nothing else reads them. */
export function environment(): Environment {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}

function read(env: Environment): Values {
  const entries = Object.entries<Variable>(VARIABLES).map(([name, variable]) => {
    const given = env[name]?.trim();
    const result = variable.schema.safeParse(given === undefined || given === '' ? variable.default : given);
    if (result.success) return [name, result.data];
    const remedy = variable.default === '' ? 'or leave it out' : `or leave it out for ${variable.default}`;
    throw new ConfigError(`${name} is ${shown(name, given ?? '')}: give ${variable.accepts}, ${remedy}.`);
  });
  return Object.fromEntries(entries) as Values;
}

function shown(name: string, value: string): string {
  const { secret } = VARIABLES[name as VariableName] as Variable;
  if (secret !== true) return JSON.stringify(value);
  // Of a URL only the credentials are secret; of anything that is none, perhaps all of it.
  const url = /^([a-z-]+:\/\/)(?:(.*)@)?(.*)$/i.exec(value);
  return url === null
    ? '"***"'
    : JSON.stringify(`${url[1]}${url[2] === undefined ? '' : '***@'}${url[3]?.replace(/\?.*$/, '?***')}`);
}

const REDIS_PARTS = ['REDIS_HOST', 'REDIS_PORT', 'REDIS_DB', 'REDIS_USERNAME', 'REDIS_PASSWORD'] as const;

function redis(env: Environment, is: Values): RedisConfig | null {
  const connectTimeout = is.REDIS_CONNECT_TIMEOUT_MS;
  const part = REDIS_PARTS.find((name) => (env[name]?.trim() || VARIABLES[name].default) !== VARIABLES[name].default);
  if (is.REDIS_URL !== null) {
    if (part !== undefined) {
      throw new ConfigError(
        `${part} is ${shown(part, env[part] ?? '')} while REDIS_URL is set too: say where Redis is in one of the two.`,
      );
    }
    return { connectTimeout, ...(redisNodes(is.REDIS_URL) ?? { kind: 'single', url: is.REDIS_URL }) };
  }
  if (part === undefined) return null;
  if (is.REDIS_HOST === null) {
    throw new ConfigError(
      `${part} is ${shown(part, env[part] ?? '')} while REDIS_HOST is not set: set REDIS_HOST too, or leave ${part} out.`,
    );
  }
  const user = is.REDIS_USERNAME === null ? '' : encodeURIComponent(is.REDIS_USERNAME);
  const credentials = is.REDIS_PASSWORD === null ? user : `${user}:${encodeURIComponent(is.REDIS_PASSWORD)}`;
  const address = is.REDIS_HOST.includes(':') ? `[${is.REDIS_HOST}]` : is.REDIS_HOST;
  return {
    connectTimeout,
    kind: 'single',
    url: `redis://${credentials === '' ? '' : `${credentials}@`}${address}:${is.REDIS_PORT}/${is.REDIS_DB}`,
  };
}

type RedisGroup = ({ kind: 'sentinel'; masterName: string; db: number } & RedisNodes) | ({ kind: 'cluster' } & RedisNodes);

/** The forms that name several nodes, which no URL parser takes; null for every other form. */
function redisNodes(url: string): RedisGroup | null {
  const match = REDIS_GROUP.exec(url);
  if (match === null) return null;
  const [, tls, kind, credentials, list = '', masterName, db] = match;
  const nodes = list.split(',').map((node) => /^([A-Za-z0-9._-]+)(?::(\d{1,5}))?$/.exec(node));
  if (nodes.includes(null) || (kind === 'sentinel') !== (masterName !== undefined)) return null;
  const [username, password] = credentials?.includes(':') ? credentials.split(/:(.*)/) : [undefined, credentials];
  const common: RedisNodes = {
    nodes: nodes.map((node) => ({ host: node?.[1] ?? '', port: Number(node?.[2] ?? (kind === 'sentinel' ? 26_379 : 6_379)) })),
    tls: tls === 's',
    username: username ? decoded(username) : null,
    password: password ? decoded(password) : null,
  };
  return masterName === undefined
    ? { kind: 'cluster', ...common }
    : { kind: 'sentinel', masterName, db: Number(db ?? 0), ...common };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function origins(value: string): '*' | readonly string[] {
  if (value === '*') return '*';
  return value
    .split(',')
    .map((origin) => origin.trim().replace(/\/$/, ''))
    .filter((origin) => origin !== '');
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text.toLowerCase();
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) if (typeof member === 'object' && member !== null) deepFreeze(member);
  return Object.freeze(value);
}
