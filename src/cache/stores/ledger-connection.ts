import type { Logger } from '../../lib/logger.js';
import { subscribeRedis, type RedisClient } from './redis-client.js';
import type { LedgerConnection } from './redis-ledger.js';

/** The ledger's commands go over the client that entries use; its wake-ups need a connection of their own. */
export function ledgerConnection(client: RedisClient, logger: Logger): LedgerConnection {
  return {
    sendCommand: (parts) => client.sendCommand(parts),
    subscribe: (channel, wake) => {
      // Until it is subscribed, only the timer brings the copy up to date.
      const end = subscribeRedis(client, { channel, onMessage: wake, onError: (error) => logger.debug({ err: error }, 'no wake-ups from Redis') });
      return Promise.resolve(() => {
        end();
        return Promise.resolve();
      });
    },
  };
}
