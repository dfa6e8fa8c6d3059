import type { Logger } from '../../lib/logger.js';
import type { RedisClient } from './redis-client.js';
import type { LedgerConnection } from './redis-ledger.js';

/** The ledger's commands go over the client that entries use; its wake-ups need a connection of their own. */
export function ledgerConnection(client: RedisClient, logger: Logger): LedgerConnection {
  return {
    sendCommand: (parts) => client.sendCommand(parts),
    subscribe: (channel, wake) => {
      const subscriber = client.duplicate();
      subscriber.on('error', (error: unknown) => logger.debug({ err: error }, 'no wake-ups from Redis'));
      // It goes on trying by itself; until then the copy is brought up to date by the clock alone.
      const connected = subscriber.connect().then(() => subscriber.subscribe(channel, wake));
      connected.catch((error: unknown) => logger.debug({ err: error }, 'no wake-ups from Redis'));
      return Promise.resolve(() => {
        if (subscriber.isOpen) subscriber.destroy();
        return Promise.resolve();
      });
    },
  };
}
