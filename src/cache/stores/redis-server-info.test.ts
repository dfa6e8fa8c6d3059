import { expect, it } from 'vitest';
import { parseServerInfo } from './redis-server-info.js';

it('reads what Redis says about itself', () => {
  const text = [
    '# Server',
    'redis_version:7.0.15',
    '# Clients',
    'connected_clients:3',
    '# Memory',
    'used_memory:1048576',
    'maxmemory:0',
    '# Stats',
    'keyspace_hits:10',
    'keyspace_misses:4',
    'evicted_keys:2',
    '# Keyspace',
    'db0:keys=7,expires=5,avg_ttl=0',
    'db3:keys=2,expires=0,avg_ttl=0',
  ].join('\r\n');
  const info = { version: '7.0.15', usedMemory: 1_048_576, maxMemory: null, clients: 3, keys: 9, evictedKeys: 2, hits: 10, misses: 4 };
  expect(parseServerInfo(text)).toEqual(info);
  expect(parseServerInfo(text.replace('maxmemory:0', 'maxmemory:5'))).toEqual({ ...info, maxMemory: 5 });
  expect(parseServerInfo(`${text}\r\nvalkey_version:8.1.0`)).toEqual({ ...info, version: '8.1.0' });
  expect(parseServerInfo('')).toMatchObject({ version: 'unknown', usedMemory: 0 });
});
