import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, VARIABLES } from './config.js';

function refusal(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
}

describe('configuration', () => {
  it('runs with nothing set: embedded, in memory, with demo data', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({ environment: 'development', host: '127.0.0.1', port: 4000, redis: null, demoData: true });
    expect(config).toMatchObject({
      database: { url: null, poolMax: 10, dataDir: '.larder' },
      graphiql: true,
      introspection: true,
    });
    expect(config.cache).toMatchObject({ enabled: true, prefix: 'larder', defaultMaxAge: 0, deadline: 50 });
  });

  it('is frozen to the bottom', () => {
    const config = loadConfig({ CORS_ORIGINS: 'https://a.example' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.cache)).toBe(true);
    expect(Object.isFrozen(config.http.corsOrigins)).toBe(true);
  });

  it('.env.example lists every variable with its default, and no other', () => {
    const lines = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line));
    const listed = Object.fromEntries(lines.map((line): [string, string] => [line.replace(/=.*/, ''), line.replace(/.*?=/, '')]));
    expect(listed).toEqual(Object.fromEntries(Object.entries(VARIABLES).map(([name, variable]) => [name, variable.default])));
    expect(loadConfig(listed)).toEqual(loadConfig({}));
  });

  it('an empty value is none', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: ' ', LOG_LEVEL: '' })).toEqual(loadConfig({}));
  });

  it('production has neither demo data nor playground unless they are asked for', () => {
    expect(loadConfig({ NODE_ENV: 'production' })).toMatchObject({ demoData: false, graphiql: false, introspection: false });
    expect(loadConfig({ NODE_ENV: 'production', GRAPHIQL: 'true', INTROSPECTION: 'true' })).toMatchObject({
      graphiql: true,
      introspection: true,
    });
    expect(refusal({ NODE_ENV: 'production', DEMO_DATA: 'always' })).toBe(
      'DEMO_DATA is "always" while NODE_ENV is "production", where demo accounts are refused: set DEMO_DATA to never.',
    );
  });

  it('a stop goes on answering for a while in production, where a balancer has to notice it', () => {
    expect([loadConfig({}).shutdownDelay, loadConfig({ NODE_ENV: 'production' }).shutdownDelay]).toEqual([0, 5_000]);
    expect(loadConfig({ NODE_ENV: 'production', SHUTDOWN_DELAY_MS: '0' }).shutdownDelay).toBe(0);
  });

  it('what the public may do is bounded in production, and seen by nobody', () => {
    expect(loadConfig({})).toMatchObject({ limits: { requestsPerMinute: null, signIn: { attempts: 10, window: 900_000 } }, metrics: { token: null } });
    expect(loadConfig({ NODE_ENV: 'production' })).toMatchObject({ limits: { requestsPerMinute: 6_000 }, metrics: null });
    expect(loadConfig({ NODE_ENV: 'production', METRICS_TOKEN: 'long-enough' }).metrics).toEqual({ token: 'long-enough' });
    expect(loadConfig({ NODE_ENV: 'production', METRICS: 'true' }).metrics).toEqual({ token: null });
    expect(loadConfig({ METRICS: 'false', METRICS_TOKEN: 'long-enough' }).metrics).toBeNull();
    expect(loadConfig({ LIMIT_REQUESTS_PER_MINUTE: '7', LIMIT_SIGN_IN: '0' }).limits).toMatchObject({ requestsPerMinute: 7, signIn: null });
  });

  it.each([
    ['', false],
    ['2', 2],
    ['10.0.0.0/8, 2001:db8::/32,loopback', ['10.0.0.0/8', '2001:db8::/32', 'loopback']],
  ])('proxies "%s" are believed', (TRUST_PROXY, trustProxy) => {
    expect(loadConfig({ TRUST_PROXY }).http.trustProxy).toEqual(trustProxy);
  });

  it('demo data is for the embedded database, or said aloud', () => {
    const DATABASE_URL = 'postgres://u:p@localhost/larder';
    expect(loadConfig({ DATABASE_URL }).demoData).toBe(false);
    expect(loadConfig({ DATABASE_URL, DEMO_DATA: 'always' }).demoData).toBe(true);
    expect(loadConfig({ DEMO_DATA: 'never' }).demoData).toBe(false);
  });

  it.each([
    [{ PORT: 'http' }, 'PORT is "http": give a whole number from 0 to 65535, or leave it out for 4000.'],
    [{ PORT: '65536' }, 'PORT is "65536": give a whole number from 0 to 65535, or leave it out for 4000.'],
    [{ PORT: '-1' }, 'PORT is "-1": give a whole number from 0 to 65535, or leave it out for 4000.'],
    [{ PORT: '4e3' }, 'PORT is "4e3": give a whole number from 0 to 65535, or leave it out for 4000.'],
    [{ CACHE_ENABLED: 'yes' }, 'CACHE_ENABLED is "yes": give true or false, or leave it out for true.'],
    [
      { TRUST_PROXY: 'proxy.example' },
      'TRUST_PROXY is "proxy.example": give a number of proxies, or their addresses such as 10.0.0.0/8, separated by commas, or leave it out.',
    ],
    [
      { PERSISTED_OPERATIONS: 'only' },
      'PERSISTED_OPERATIONS is "only" while PERSISTED_OPERATIONS_MANIFEST is not set: say which file has the operations.',
    ],
    [{ METRICS_TOKEN: 'short' }, 'METRICS_TOKEN is "***": give at least 8 characters without spaces, or leave it out.'],
    [{ LARDER_URL: 'localhost' }, 'LARDER_URL is "localhost": give the address of a server, such as https://larder.example, or leave it out.'],
    [
      { LOG_LEVEL: 'loud' },
      'LOG_LEVEL is "loud": give fatal, error, warn, info, debug, trace, silent, or leave it out for info.',
    ],
    [
      { CORS_ORIGINS: 'https://a.example, b.example' },
      'CORS_ORIGINS is "https://a.example, b.example": give * or origins such as https://shop.example, separated by commas, or leave it out.',
    ],
    [
      { DATABASE_URL: 'mysql://root:hunter2@db/larder' },
      'DATABASE_URL is "mysql://***@db/larder": give postgres://user:password@host:port/database, or leave it out.',
    ],
    [{ DATABASE_URL: 'hunter2' }, 'DATABASE_URL is "***": give postgres://user:password@host:port/database, or leave it out.'],
    [
      { REDIS_HOST: 'a', REDIS_URL: 'redis://b' },
      'REDIS_HOST is "a" while REDIS_URL is set too: say where Redis is in one of the two.',
    ],
    [
      { REDIS_PASSWORD: 'hunter2' },
      'REDIS_PASSWORD is "***" while REDIS_HOST is not set: set REDIS_HOST too, or leave REDIS_PASSWORD out.',
    ],
  ])('%j is refused in one sentence', (env, sentence) => {
    expect(refusal(env as Record<string, string>)).toBe(sentence);
  });

  it('no refusal shows a password', () => {
    for (const name of ['DATABASE_URL', 'REDIS_URL']) {
      for (const value of [
        'http://u:hunter2@h',
        'u:hunter2@h',
        '//u:hunter2@h',
        'x://u:hunt/er2@h:99999',
        'x://u:h@hunter2@h',
        'x://h?password=hunter2',
      ]) {
        const sentence = refusal({ [name]: value });
        expect(sentence).not.toContain('hunter2');
        expect(sentence).not.toContain('er2');
      }
    }
  });

  it.each([
    ['redis://localhost:6379/2', { kind: 'single', url: 'redis://localhost:6379/2' }],
    ['rediss://u:p@r.example', { kind: 'single', url: 'rediss://u:p@r.example' }],
    [
      'redis-sentinel://u:p%40@s1:26379,s2/primary/3',
      {
        kind: 'sentinel',
        masterName: 'primary',
        db: 3,
        nodes: [
          { host: 's1', port: 26379 },
          { host: 's2', port: 26379 },
        ],
        tls: false,
        username: 'u',
        password: 'p@',
      },
    ],
    [
      'rediss-cluster://p@n1:7000,n2:7001',
      {
        kind: 'cluster',
        nodes: [
          { host: 'n1', port: 7000 },
          { host: 'n2', port: 7001 },
        ],
        tls: true,
        username: null,
        password: 'p',
      },
    ],
  ])('%s is understood', (REDIS_URL, redis) => {
    expect(loadConfig({ REDIS_URL }).redis).toEqual({ connectTimeout: 1000, ...redis });
  });

  it.each(['localhost', 'redis://', 'redis://a,b', 'redis-sentinel://a:1', 'redis-cluster://a:x', 'redis-cluster://a/name'])(
    '%s is no address of Redis',
    (REDIS_URL) => {
      expect(refusal({ REDIS_URL })).toMatch(/^REDIS_URL is /);
    },
  );

  it('Redis may be named in parts', () => {
    const parts = { REDIS_HOST: 'r', REDIS_PORT: '7000', REDIS_DB: '4', REDIS_USERNAME: 'u', REDIS_PASSWORD: 'p@ss' };
    expect(loadConfig(parts).redis).toMatchObject({ kind: 'single', url: 'redis://u:p%40ss@r:7000/4' });
    expect(loadConfig({ REDIS_HOST: '::1' }).redis).toMatchObject({ url: 'redis://[::1]:6379/0' });
  });
});
