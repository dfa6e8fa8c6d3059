import { createClient } from '@redis/client';
import type { Logger } from '../../lib/logger.js';
import { CacheError } from '../core/errors.js';

/** Where Redis is. */
export type RedisOptions = { readonly connectTimeout?: number } & (
  | { readonly kind: 'single'; readonly url: string }
  | { readonly kind: 'sentinel' | 'cluster' }
);

export type RedisClient = ReturnType<typeof makeClient>;

const DEFAULT_CONNECT_TIMEOUT_MS = 1000;

/**
 * Deadline of the handshake of a new connection. The client resets this timeout whenever it sends, so it cannot detect a silent
 * connection that is in use: pings do.
 */
const HANDSHAKE_TIMEOUT_MS = 2000;
const PING_INTERVAL_MS = 1000;
/** Deadline of a ping; without an answer the connection is closed. */
const PING_DEADLINE_MS = 3000;
/** Longest pause between two attempts to connect, without up to 100 ms of jitter. */
const LONGEST_RECONNECT_PAUSE_MS = 500;

/** Commands that wait for a hung server are bounded, too. */
const MAX_QUEUED_COMMANDS = 10_000;

/** How long the last replies are waited for on closing. */
const CLOSE_TIMEOUT_MS = 500;

/**
 * A client for Redis, connected if that succeeds within the connect timeout. If not, it goes on trying in the background:
 * a cache that is away must not keep the server from starting (D1). Commands fail at once while there is no connection.
 *
 * @throws CacheError CACHE_STORE_REFUSED, in one sentence, for what names no single Redis server.
 */
export async function connectRedis(options: RedisOptions, logger: Logger): Promise<RedisClient> {
  const url = urlOf(options);
  const timeout = options.connectTimeout ?? DEFAULT_CONNECT_TIMEOUT_MS;
  const client = makeClient(url, timeout);
  logConnection(client, url, logger);
  replaceWhenSilent(client);
  let timer: NodeJS.Timeout | undefined;
  const connected = client.connect().then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([connected, new Promise((resolve) => (timer = setTimeout(resolve, timeout)))]);
  clearTimeout(timer);
  return client;
}

/**
 * Subscribes to a channel, on a connection of its own that is pinged like every other. Retries until it is subscribed, and
 * subscribes again on each new connection.
 *
 * @returns a function that ends it.
 */
export function subscribeRedis(client: RedisClient, { channel, onMessage, onError }: Subscription): () => void {
  const subscriber = client.duplicate();
  subscriber.on('error', onError);
  // A listener that is subscribed already is not subscribed twice.
  subscriber.on('ready', () => void subscriber.subscribe(channel, onMessage).catch(onError));
  replaceWhenSilent(subscriber);
  subscriber.connect().catch(onError);
  return () => {
    if (subscriber.isOpen) subscriber.destroy();
  };
}

export interface Subscription {
  readonly channel: string;
  readonly onMessage: (message: string) => void;
  readonly onError: (error: unknown) => void;
}

/** What `replaceWhenSilent` needs of a client. */
export type ReplaceableClient = Pick<RedisClient, 'isOpen' | 'isReady' | 'ping' | 'connect' | 'destroy'> & {
  on(event: 'ready', listener: () => void): unknown;
  emit(event: 'error', error: Error): unknown;
};

/**
 * Pings the server as long as there is a connection, and opens a new one when a ping has no answer (D4). When a network drops
 * packets, neither side is notified.
 */
export function replaceWhenSilent(client: ReplaceableClient): void {
  let timer: NodeJS.Timeout | undefined;
  const pingLater = (): void => {
    clearTimeout(timer);
    timer = setTimeout(ping, PING_INTERVAL_MS).unref();
  };
  const ping = (): void => {
    // The next connection starts its own pings.
    if (!client.isReady) return;
    let isAnswered = false;
    // When this process was busy for longer than the deadline, the answer may lie in the socket unread: timers run before
    // sockets are read and immediates after it.
    const late = setTimeout(() => setImmediate(() => isAnswered || replace(client)), PING_DEADLINE_MS).unref();
    const answered = (): void => {
      isAnswered = true;
      clearTimeout(late);
      pingLater();
    };
    // A refusal is an answer, too. With the connection lost, there is none to ping any more.
    client.ping().then(answered, answered);
  };
  client.on('ready', pingLater);
}

function replace(client: ReplaceableClient): void {
  if (!client.isOpen) return;
  client.emit('error', new Error(`a ping went unanswered for ${PING_DEADLINE_MS / 1000} s`));
  // Commands that wait for an answer fail now.
  client.destroy();
  client.connect().catch(() => undefined);
}

/** Waits a moment for replies that are under way, then closes in any case. */
export async function closeRedis(client: RedisClient): Promise<void> {
  if (!client.isOpen) return;
  let timer: NodeJS.Timeout | undefined;
  // Without a connection there is nobody to wait for, and close() would wait for one.
  const closed = client.isReady ? client.close().then(() => true, () => false) : Promise.resolve(false);
  const isClosed = await Promise.race([closed, new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), CLOSE_TIMEOUT_MS)))]);
  clearTimeout(timer);
  if (!isClosed && client.isOpen) client.destroy();
}

function urlOf(options: RedisOptions): URL {
  if (options.kind !== 'single') {
    throw new CacheError('CACHE_STORE_REFUSED', `Redis ${options.kind === 'sentinel' ? 'Sentinel' : 'Cluster'} is not supported yet: name one server, redis://host:6379/0.`);
  }
  const url = URL.canParse(options.url) ? new URL(options.url) : null;
  if (url?.protocol === 'redis:' || url?.protocol === 'rediss:') return url;
  // Not repeated here: it may hold a password.
  throw new CacheError('CACHE_STORE_REFUSED', 'The URL of Redis cannot be used: give redis://host:6379/0, or rediss://host:6379/0 with TLS.');
}

function makeClient(url: URL, connectTimeout: number) {
  return createClient({
    url: url.href,
    RESP: 3,
    // Without a connection a command fails at once instead of waiting for one.
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_QUEUED_COMMANDS,
    socket: {
      connectTimeout,
      socketTimeout: HANDSHAKE_TIMEOUT_MS,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, LONGEST_RECONNECT_PAUSE_MS) + Math.random() * 100,
    },
  });
}

/** One line when the connection is lost and one when it is there, not one for every attempt. */
function logConnection(client: RedisClient, { host, pathname }: URL, logger: Logger): void {
  let isDown = false;
  client.on('error', (error: unknown) => {
    if (isDown) return;
    isDown = true;
    logger.warn({ redis: host, reason: error instanceof Error ? error.message : String(error) }, 'Redis is away: answering without it');
  });
  client.on('ready', () => {
    logger.info({ redis: host, db: pathname.slice(1) || '0' }, isDown ? 'Redis is back' : 'connected to Redis');
    isDown = false;
  });
}
