import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { backends, type Running } from '../support/backends.js';
import { createTestDatabase, testPrefix, type TestDatabase } from '../support/test-database.js';

const ROOT = join(import.meta.dirname, '../..');

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** As a package is built and installed, in a directory of its own: the file that `larder` stands for. */
async function install(directory: string): Promise<string> {
  await promisify(execFile)(process.execPath, ['node_modules/typescript7/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', join(directory, 'dist'), '--tsBuildInfoFile', join(directory, 'dist/.tsbuildinfo')], { cwd: ROOT });
  for (const name of ['node_modules', 'drizzle', 'schema', 'package.json']) await symlink(join(ROOT, name), join(directory, name));
  await chmod(join(directory, 'dist/cli.js'), 0o755);
  return join(directory, 'dist/cli.js');
}

/** The command as it is installed. */
describe('the larder command', () => {
  let directory: string;
  let database: TestDatabase;
  let running: Running;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'larder-cli-'));
    await symlink(await install(directory), join(directory, 'larder'));
    database = await createTestDatabase();
    const [, servers] = backends;
    if (servers === undefined) throw new Error('there is no backend with servers');
    running = await servers.start();
    env = {
      PATH: `${directory}:${process.env['PATH'] ?? ''}`,
      // A database of its own: what a command does to it, the server above does not see.
      DATABASE_URL: database.url,
      REDIS_URL: inject('redisUrl'),
      CACHE_PREFIX: testPrefix(),
      CACHE_DEADLINE_MS: '5000',
      HOST: '127.0.0.1',
      PORT: '0',
      DEMO_DATA: 'never',
      LOG_LEVEL: 'warn',
      LARDER_URL: running.client.url,
      LARDER_TOKEN: await running.client.token('platform@larder.example'),
      PASSWORD: 'correct horse battery',
    };
  });
  afterAll(async () => {
    await running.close();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  /** In a shell, as a person would type it; `until` is what a command that does not end by itself is stopped at. */
  function run(command: string, { until, extra = {} }: { readonly until?: string; readonly extra?: NodeJS.ProcessEnv } = {}): Promise<Ran> {
    return new Promise((resolve, reject) => {
      // `exec`, so that a signal reaches the command and not the shell around it.
      const child = spawn('/bin/sh', ['-c', until === undefined ? command : `exec ${command}`], { cwd: directory, env: { ...env, ...extra } });
      let [out, err] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        out += text;
        if (until !== undefined && out.includes(until)) child.kill('SIGTERM');
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
      child.once('error', reject).once('close', (code) => resolve({ code, out, err }));
      child.stdin.end();
    });
  }

  it('every example that --help prints runs', async () => {
    const help = await run('larder --help');
    expect(help.code).toBe(0);
    const examples = [...help.out.matchAll(/^ {2}\$ (.+)$/gm)].map(([, command = '']) => command);
    const commands = [...help.out.matchAll(/^ {2}([a-z]+)(?= .*)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
    expect(new Set(examples.flatMap((example) => /larder ([a-z]+)/.exec(example)?.[1] ?? []))).toEqual(new Set(commands));
    const ran: string[] = [];
    for (const command of examples) {
      const serves = command === 'larder serve';
      const { code, out, err } = await run(command, serves ? { until: 'Larder answers at' } : {});
      expect({ command, code, err: code === 0 ? '' : err }).toEqual({ command, code: 0, err: '' });
      if (command.includes('--json')) expect(() => JSON.parse(out) as unknown, command).not.toThrow();
      ran.push(command);
    }
    process.stdout.write(`ran ${ran.length} examples of larder --help: ${ran.join(' | ')}\n`);
  });

  it('each command prints its own examples', async () => {
    expect((await run('larder purge --help')).out).toContain('$ larder purge --type Medicine');
    expect((await run('larder admin create --help')).out).toContain('--password-stdin');
  });

  it('an administrator who was created signs in on a running server', async () => {
    const extra = { DATABASE_URL: running.app.config.database.url ?? '' };
    const created = await run(`printf 'correct horse battery\\n' | larder admin create --email Grace@Example.com --name 'Grace Hopper' --password-stdin --json`, { extra });
    expect({ code: created.code, err: created.err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(created.out)).toMatchObject({ email: 'grace@example.com' });
    const token = await running.client.signIn('grace@example.com', 'correct horse battery');
    expect((await running.client.request('{ cacheStats { verdict } }', { token })).codes).toEqual([]);
    const again = await run(`printf 'correct horse battery' | larder admin create --email grace@example.com --name Grace --password-stdin`, { extra });
    expect({ code: again.code, err: again.err }).toMatchObject({ code: 1, err: expect.stringMatching(/^ALREADY_EXISTS: /) as string });
    const short = await run(`printf 'x' | larder admin create --email short@example.com --name Short --password-stdin --json`, { extra });
    expect(short.code).toBe(1);
    expect(JSON.parse(short.err)).toMatchObject({ error: { code: 'BAD_USER_INPUT' } });
    const silent = await run('larder admin create --email a@example.com --name A', { extra });
    expect({ code: silent.code, err: silent.err }).toMatchObject({ code: 2, err: expect.stringMatching(/^PASSWORD_REQUIRED: /) as string });
  });

  it('--probe measures each layer of the configuration, leaves nothing behind, and says which fails', async () => {
    interface Report {
      readonly layers: readonly { readonly layer: string; readonly ok: boolean; readonly milliseconds: Readonly<Record<string, number>> | null }[];
    }
    const CACHE_PREFIX = testPrefix();
    const probe = async (extra: NodeJS.ProcessEnv): Promise<Ran & { readonly layers: Report['layers'] }> => {
      const ran = await run('larder health --probe --json', { extra: { CACHE_PREFIX, ...extra } });
      return { ...ran, layers: (JSON.parse(ran.out) as Report).layers };
    };
    const all = await probe({});
    expect(all.code).toBe(0);
    expect(all.layers.map(({ layer, ok }) => [layer, ok])).toEqual(['database', 'memory', 'redis', 'ledger'].map((layer) => [layer, true]));
    for (const { milliseconds } of all.layers) for (const name of ['write', 'read', 'delete']) expect(milliseconds?.[name]).toBeGreaterThanOrEqual(0);
    const { createClient } = await import('@redis/client');
    const redis = await createClient({ url: inject('redisUrl') }).connect();
    const left: string[] = [];
    for await (const keys of redis.scanIterator({ MATCH: `${CACHE_PREFIX}*`, COUNT: 1_000 })) left.push(...keys);
    redis.destroy();
    expect(left).toEqual([]);

    const away = await probe({ REDIS_URL: 'redis://127.0.0.1:1', REDIS_CONNECT_TIMEOUT_MS: '200' });
    expect({ code: away.code, failed: away.layers.filter(({ ok }) => !ok).map(({ layer }) => layer) }).toEqual({ code: 1, failed: ['redis', 'ledger'] });
    const embedded = await probe({ DATABASE_URL: '', REDIS_URL: '', LARDER_DATA_DIR: join(directory, 'embedded') });
    expect(embedded.layers.map(({ layer, ok }) => [layer, ok])).toEqual(['database', 'memory', 'ledger'].map((layer) => [layer, true]));
  });

  it('exit codes: 1 for what failed, 2 for what was not asked rightly', async () => {
    expect(await run('larder health', { extra: { LARDER_URL: 'http://127.0.0.1:1' } })).toMatchObject({ code: 1, err: expect.stringMatching(/^UNREACHABLE: /) as string });
    expect(await run('larder stats', { extra: { LARDER_TOKEN: '' } })).toMatchObject({ code: 2, err: expect.stringMatching(/^TOKEN_REQUIRED: /) as string });
    expect(await run('larder stats', { extra: { LARDER_TOKEN: 'unknown' } })).toMatchObject({ code: 1, err: expect.stringMatching(/^SESSION_INVALID: /) as string });
    expect(await run('larder migrate', { extra: { PORT: 'x' } })).toMatchObject({ code: 2, err: expect.stringMatching(/^CONFIG_INVALID: PORT is "x"/) as string });
    expect((await run('larder frobnicate')).code).toBe(2);
  });
});
