import { RedisLedger, TRUST_MS, type RedisLedgerOptions } from '../../src/cache/stores/redis-ledger.js';
