/** The servers that are measured. `api` is Larder as it is delivered: what all others must answer like. */
export const SERVER_KINDS = [
  'api',
  'bare-map',
  'bare-redis',
  'bare-statement',
  'apollo',
  'apollo-cache-memory',
  'apollo-cache-redis',
  'yoga-cache-memory',
  'yoga-cache-redis',
  'mercurius-cache-memory',
  'mercurius-cache-redis',
  'larder-fastify-memory',
  'larder-fastify-redis',
  'larder-fastify-redis-alone',
  'larder-fastify-off',
  'larder-http-memory',
  'larder-http-redis',
  'larder-http-redis-alone',
  'larder-http-off',
] as const;
export type ServerKind = (typeof SERVER_KINDS)[number];

/** Without Redis, one Larder alone may use a database. */
export function usesRedis(kind: ServerKind): boolean {
  return kind.includes('-redis');
}

/** What a server process is started with. */
export interface ServerArguments {
  readonly kind: ServerKind;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** First part of its keys: servers do not see each other's entries. */
  readonly prefix: string;
  /** For the bare servers: what they answer. */
  readonly replies: readonly BareReply[];
  /** Whether every statement and round trip is recorded; never while anything is timed. */
  readonly counting: boolean;
}

export interface BareReply {
  /** Of the request that it answers. */
  readonly requestBody: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Base64. */
  readonly body: string;
}

/** What the runner tells a server. */
export type Order = { readonly do: 'start'; readonly args: ServerArguments } | { readonly do: 'count' } | { readonly do: 'stop' };

/** What a server tells the runner. */
export type Word = { readonly say: 'listening'; readonly port: number } | { readonly say: 'counted'; readonly requests: readonly Counted[] };

/** What one request did. `before` is until its answer began. */
export interface Counted {
  /** Statements on tables of the domain. */
  readonly statements: number;
  /** All statements, transaction control included. */
  readonly allStatements: number;
  readonly roundTripsBefore: number;
}

/** A server that answers. */
export interface Running {
  readonly port: number;
  close(): Promise<void>;
}

export type StartServer = (args: ServerArguments, onQuery: (statement: string) => void) => Promise<Running>;
