import type { TierStats } from '../core/store.js';
import type { RedisClient } from './redis-client.js';

export type RedisServerInfo = NonNullable<TierStats['server']>;

/** What the server says about itself. */
export async function redisServerInfo(client: RedisClient): Promise<RedisServerInfo> {
  return parseServerInfo(await client.info());
}

/** Reads the text of Redis' INFO. */
export function parseServerInfo(text: string): RedisServerInfo {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0 && !line.startsWith('#')) fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  const count = (name: string): number => Number(fields.get(name) ?? 0);
  return {
    version: fields.get('valkey_version') ?? fields.get('redis_version') ?? 'unknown',
    usedMemory: count('used_memory'),
    // Redis says 0 for "no limit".
    maxMemory: count('maxmemory') || null,
    clients: count('connected_clients'),
    keys: [...fields].reduce((sum, [name, value]) => (/^db\d+$/.test(name) ? sum + Number(/keys=(\d+)/.exec(value)?.[1] ?? 0) : sum), 0),
    evictedKeys: count('evicted_keys'),
    hits: count('keyspace_hits'),
    misses: count('keyspace_misses'),
  };
}
