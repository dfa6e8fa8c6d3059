import { loadConfig, type Config } from '../../../dist/config.js';
import { usesRedis, type ServerArguments } from './server-protocol.js';

/** Read by nobody: with a token, metrics are on in production. */
const METRICS_TOKEN = 'measured-and-not-read';

/**
 * What Larder is in production without any wish of ours, but for two limits that a measurement would run into: requests are
 * counted, and none is refused; nobody signs in.
 */
export function larderConfig({ kind, databaseUrl, redisUrl, prefix }: ServerArguments): Config {
  return loadConfig({
    NODE_ENV: 'production',
    PORT: '0',
    DATABASE_URL: databaseUrl,
    CACHE_PREFIX: prefix,
    METRICS_TOKEN,
    LIMIT_REQUESTS_PER_MINUTE: '1000000000',
    LIMIT_SIGN_IN: '0',
    ...(usesRedis(kind) ? { REDIS_URL: redisUrl } : {}),
    ...(kind.endsWith('-redis-alone') ? { CACHE_MEMORY_BYTES: '0' } : {}),
    ...(kind.endsWith('-off') ? { CACHE_ENABLED: 'false' } : {}),
  });
}
