import KeyvRedis from '@keyv/redis';
import { RESP_TYPES } from '@redis/client';
import type { RedisClient } from './redis-client.js';

/**
 * Keyv's store for Redis over a client that others use too. Keys come with their prefix; only `clear` needs to know it.
 * Failures are thrown, not swallowed: whoever guards this store has to see them.
 */
export class RedisStore extends KeyvRedis<string | Buffer> {
  /** @param replies what stored values come back as; bytes for what was stored as bytes. */
  constructor(client: RedisClient, prefix: string, replies: 'text' | 'bytes') {
    const connection = replies === 'bytes' ? client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }) : client;
    // KeyvRedis' types know no client with RESP 3; the methods it calls are the same.
    super(connection as never, { namespace: prefix, keyPrefixSeparator: ':', throwOnErrors: true, throwOnConnectError: false });
    // Emitted beside being thrown; the client's own listener logs what happens to the connection.
    this.on('error', () => undefined);
  }

  override createKeyPrefix(key: string): string {
    return key;
  }
}
