import KeyvRedis from '@keyv/redis';
import { RESP_TYPES } from '@redis/client';
import type { RedisClient } from './redis-client.js';

/**
 * Keyv's store for Redis over a client that others use too. Keys come with their prefix; only `clear` needs to know it.
 * Failures are thrown, not swallowed: whoever guards this store has to see them.
 */
export class RedisStore extends KeyvRedis<string | Buffer> {
  readonly #client: RedisClient;
  readonly #read: (keys: readonly string[]) => Promise<readonly (string | Buffer | null)[]>;
  readonly #prefix: string;

  /** @param replies what stored values come back as; bytes for what was stored as bytes. */
  constructor(client: RedisClient, prefix: string, replies: 'text' | 'bytes') {
    const connection = replies === 'bytes' ? client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }) : client;
    // KeyvRedis' types know no client with RESP 3; the methods it calls are the same.
    super(connection as never, { namespace: prefix, keyPrefixSeparator: ':', throwOnErrors: true, throwOnConnectError: false });
    // Emitted beside being thrown; the client's own listener logs what happens to the connection.
    this.on('error', () => undefined);
    this.#client = client;
    this.#read = (keys) => connection.mGet([...keys]);
    this.#prefix = prefix;
  }

  override createKeyPrefix(key: string): string {
    return key;
  }

  /** Straight away: the client connects, and connects again, by itself. */
  override async getMany<Value>(keys: readonly string[]): Promise<(Value | undefined)[]> {
    const found = await this.#read(keys);
    return found.map((value) => (value ?? undefined) as Value | undefined);
  }

  /** Sent together; entries do not depend on one another, and a transaction would be two commands more. */
  override async setMany(values: { key: string; value: unknown; ttl?: number }[]): Promise<void> {
    await Promise.all(
      values.map(({ key, value, ttl }) => this.#client.set(key, value as string | Buffer, ttl === undefined ? {} : { PX: ttl })),
    );
  }

  /** In steps, between which the server answers others. Neither prefix nor partition holds what Redis takes for a pattern. */
  async clearPartition(partition: string): Promise<void> {
    const steps = this.#client.scanIterator({ MATCH: `${this.#prefix}:${partition}:*`, COUNT: 1000, TYPE: 'string' });
    for await (const keys of steps) if (keys.length > 0) await this.#client.unlink(keys);
  }
}
