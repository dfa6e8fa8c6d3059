import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePort } from '../support/child-server.js';
import { PROCESS_MS, STARTING } from '../support/patience.js';
import { build, buildContext, execForm, parseDockerfile, type Built } from './dockerfile.js';

const root = join(import.meta.dirname, '../..');
const stages = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
const packageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object; devDependencies: object };

// As a container has it: nothing of what vitest or npm set for their own children.
const { PATH, HOME } = process.env;
const machine = { PATH, HOME, npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' };

/** Somebody who owns nothing: only root can become them, and their Node must be one that they may run. */
const nobody = { uid: 65534, gid: 65534 };
const unprivileged = process.getuid?.() === 0 && spawnSync(process.execPath, ['--version'], nobody).status === 0 ? nobody : null;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'larder-image-'));
  chmodSync(directory, 0o755);
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('the build context', () => {
  it('is what .dockerignore names, and nothing that may be secret or large', () => {
    const context = buildContext(root);
    const tops = new Set(context.map((path) => path.split('/')[0]));
    expect([...tops].sort()).toEqual(['.npmrc', 'drizzle', 'package-lock.json', 'package.json', 'schema', 'src', 'tsconfig.build.json', 'tsconfig.json']);
    expect(context).toContain('src/main.ts');
    expect(context.filter((path) => /\.test\.ts$|(^|\/)\.env/.test(path))).toEqual([]);
  });

  it('is read as Docker reads it', () => {
    for (const folder of ['kept', 'kept/deep', 'left']) mkdirSync(join(directory, folder));
    for (const name of ['.env', 'kept/a.ts', 'kept/a.test.ts', 'kept/deep/b.ts', 'kept/deep/b.test.ts', 'left/c.ts', 'top']) writeFileSync(join(directory, name), '');
    writeFileSync(join(directory, '.dockerignore'), '# a comment\n*\n!kept\n!to?\n**/*.test.ts\n');
    expect([...buildContext(directory)].sort()).toEqual(['kept/a.ts', 'kept/deep/b.ts', 'top']);
  });
});

describe('the Dockerfile', () => {
  const last = stages.at(-1);
  const names = last?.instructions.map(({ name }) => name) ?? [];

  it('builds on a Node of a major version that is named and accepted', () => {
    for (const { image } of stages) expect(image).toMatch(/^node:2[0-9]-bookworm-slim$/);
    expect(new Set(stages.map(({ image }) => image)).size).toBe(1);
  });

  it('ends with a user who is not root, a health check and a command that gets its signals', () => {
    expect(last?.instructions.find(({ name }) => name === 'USER')?.rest).toBe('node');
    expect(names.indexOf('USER')).toBeLessThan(names.indexOf('CMD'));
    expect(names).toEqual(expect.arrayContaining(['HEALTHCHECK', 'STOPSIGNAL', 'EXPOSE', 'CMD']));
  });

  it('puts no secret into the image', () => {
    const settings = stages.flatMap(({ instructions }) => instructions.filter(({ name }) => name === 'ENV' || name === 'ARG').map(({ rest }) => rest));
    expect(settings.join(' ')).not.toMatch(/PASSWORD|TOKEN|SECRET|_URL/);
  });
});

interface Container {
  readonly url: string;
  health(): Promise<boolean>;
  /** Ends it as a container is ended. @returns its exit code. */
  stop(): Promise<number | null>;
  output(): string;
}

async function start(built: Built): Promise<Container> {
  const port = await freePort();
  const options = {
    cwd: join(built.root, built.workdir),
    env: { PATH, HOME: built.workdir, ...built.env, PORT: String(port) },
    ...unprivileged,
  };
  const [program, ...args] = execForm(built.command ?? '');
  const child: ChildProcess = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [check, ...checkArgs] = execForm(built.healthcheck?.slice(built.healthcheck.indexOf('[')) ?? '');
  return {
    url: `http://127.0.0.1:${port}`,
    health: () => new Promise((resolve) => execFile(check, checkArgs, { ...options, timeout: PROCESS_MS }, (error) => resolve(error === null))),
    stop: async () => {
      if (child.exitCode === null) child.kill(built.stopSignal as NodeJS.Signals);
      const timer = setTimeout(() => child.kill('SIGKILL'), PROCESS_MS);
      return ended.finally(() => clearTimeout(timer));
    },
    output: () => output,
  };
}

it('its steps, done in empty folders, make a service that starts, is healthy and stops', async () => {
  const built = await build(stages, { context: root, directory, env: machine, owner: unprivileged });

  const app = join(built.root, built.workdir);
  expect(readdirSync(built.root)).toEqual(['app']);
  expect(readdirSync(app).sort()).toEqual(['.larder', 'dist', 'drizzle', 'node_modules', 'package.json', 'schema']);
  const isInstalled = (name: string): boolean => readdirSync(join(app, 'node_modules', name, '..')).includes(name.split('/').at(-1) ?? '');
  expect(Object.keys(packageJson.dependencies).filter((name) => !isInstalled(name))).toEqual([]);
  const topLevel = readdirSync(join(app, 'node_modules'));
  expect(['vitest', 'typescript7', 'eslint', 'drizzle-kit', 'tsx', 'playwright-core'].filter((name) => topLevel.includes(name))).toEqual([]);
  expect(Object.keys(packageJson.devDependencies)).toContain('vitest');

  const container = await start(built);
  let code: number | null;
  try {
    expect(await container.health()).toBe(false);
    await vi.waitUntil(() => container.health(), STARTING).catch(() => expect.fail(`it did not become healthy: ${container.output()}`));
    const post = (query: string): Promise<Response> =>
      fetch(`${container.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) });
    expect(await (await post('{ catalogue { totalCount } }')).json()).toEqual({ data: { catalogue: { totalCount: 0 } } });
    // In production nobody signs in with what everybody knows.
    const signIn = await post('mutation { signIn(input: { email: "platform@larder.example", password: "larder-demo" }) { token } }');
    expect(await signIn.text()).toContain('CREDENTIALS_INVALID');
  } finally {
    code = await container.stop();
  }
  expect(code, container.output()).toBe(0);
});
