import { afterAll, beforeAll, inject } from 'vitest';
import { ledgerConnection } from '../../src/cache/stores/ledger-connection.js';
import { closeRedis, connectRedis, type RedisClient } from '../../src/cache/stores/redis-client.js';
import { RedisLedger } from '../../src/cache/stores/redis-ledger.js';
import { systemClock } from '../../src/lib/clock.js';
import { silentLogger } from '../../src/lib/logger.js';
import { ledgerContract } from './ledger-contract.js';

const prefix = `${inject('runId')}-ledger`;
let client: RedisClient;
let ledgers = 0;

beforeAll(async () => {
  client = await connectRedis({ kind: 'single', url: inject('redisUrl') }, silentLogger);
});
afterAll(async () => {
  for (let at = 1; at <= ledgers; at++) await client.sendCommand(['DEL', `${prefix}:{ledger:${at}}`]);
  await closeRedis(client);
});

ledgerContract('the ledger on Redis', async (options) => {
  const ledger = new RedisLedger({
    connection: ledgerConnection(client, silentLogger),
    prefix,
    databaseId: String(++ledgers),
    clock: systemClock,
    // On a machine that is busy with the rest of the tests, half a second passes easily.
    deadlineMs: 10_000,
    needsPolls: false,
    logger: silentLogger,
    ...options,
  });
  await ledger.start();
  return ledger;
});
