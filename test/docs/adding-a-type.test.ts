import 'reflect-metadata';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { Client } from '../support/client.js';
import { seededDirectory, type SeededDirectory } from '../support/seeded-databases.js';
import { stepsOf, write, type Step } from './follow.js';
import { PATIENT, STARTING } from '../support/patience.js';

/** docs/adding-a-type.md, done as it says: in a copy of the tree, on a database that was there before. */

const root = join(import.meta.dirname, '../..');
const steps = stepsOf(readFileSync(join(root, 'docs/adding-a-type.md'), 'utf8'));
const writing = steps.filter((step): step is Exclude<Step, { kind: 'run' | 'show' }> => step.kind !== 'run' && step.kind !== 'show');
const shownQuery = (name: string): string => steps.find((step) => step.kind !== 'run' && step.text.includes(name))?.text ?? '';

const NOT_COPIED = new Set(['.git', '.cache', '.larder', 'coverage', 'dist', 'node_modules']);
// As somebody at a terminal has it: without what vitest and git set for their own children.
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GIT_|VITEST|NODE_ENV$|NODE_OPTIONS$)/.test(name)));

let tree: string;
let data: SeededDirectory;
let server: ChildProcess | undefined;
let client: Client;
const lines: Readonly<Record<string, unknown>>[] = [];

function run(command: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('sh', ['-ec', command], { cwd: tree, env: { ...env, ...more, NO_COLOR: '1' } }, (error, stdout, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`${command}\n${stdout}${stderr}`));
    });
  });
}

/** What of `npm run check` the page could break: of lint, the files that it touches. All of it would take minutes. */
async function check(touched: readonly string[]): Promise<void> {
  const lint = `npm run --silent lint -- ${touched.filter((path) => path.endsWith('.ts')).join(' ')}`;
  await Promise.all([run(lint), run('npm run --silent check:types && npm run --silent check:migrations && npm run --silent check:audit')]);
}

beforeAll(async () => {
  tree = mkdtempSync(join(tmpdir(), 'larder-adding-'));
  cpSync(root, tree, { recursive: true, filter: (path) => !NOT_COPIED.has(relative(root, path)) && basename(path) !== 'node_modules' });
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  data = await seededDirectory();
});

afterAll(async () => {
  server?.kill('SIGKILL');
  await data.drop();
  rmSync(tree, { recursive: true, force: true });
});

it('every step of it can be done, and the checks pass', async () => {
  const touched: string[] = [];
  for (const step of steps) {
    if (step.kind === 'show') continue;
    if (step.kind !== 'run') touched.push(write(step, tree));
    else if (step.text.includes('npm run check')) await run(step.text.replace(/ && npm run check$/m, '')).then(() => check(touched));
    else await run(step.text);
  }
  expect(touched.length).toBe(writing.length);
  expect(touched.length).toBeGreaterThan(8);
});

const services = (): Record<string, string> => ({
  TEST_DATABASE_URL: inject('databaseUrl'),
  TEST_REDIS_URL: inject('redisUrl'),
  TEST_CHROMIUM_PATH: inject('chromiumPath'),
});

it('the new fields are among those that are tried with the wrong tenant and the wrong role, and read and write what they declare', async () => {
  await run("npx vitest run --project services test/flow/isolation test/flow/cache-audit.test.ts -t 'every root field|the audit says'", services());
});

describe('what it made, started', () => {
  beforeAll(async () => {
    await run('npm run --silent build');
    const variables = { LARDER_DATA_DIR: data.path, DEMO_DATA: 'never', PORT: '0', LOG_LEVEL: 'debug', LOG_FORMAT: 'json' };
    server = spawn(process.execPath, ['dist/main.js'], { cwd: tree, env: { ...env, ...variables }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let read = 0;
    const take = (text: string): void => {
      output += text;
      for (let end = output.indexOf('\n', read); end >= 0; end = output.indexOf('\n', read)) {
        const line = output.slice(read, end);
        read = end + 1;
        if (line.startsWith('{')) lines.push(JSON.parse(line) as Record<string, unknown>);
      }
    };
    server.stdout?.setEncoding('utf8').on('data', take);
    server.stderr?.setEncoding('utf8').on('data', (text: string) => (output += text));
    const address = (): string | undefined => /answers at (http:\S+)\/graphql/.exec(output)?.[1];
    await vi.waitUntil(() => address() !== undefined || server?.exitCode !== null, STARTING);
    const url = address();
    if (url === undefined) throw new Error(`it did not start: ${output}`);
    client = new Client(url);
  });

  const admin = 'admin@downtown.example';

  /** What the page shows, sent as it stands; with what the cache decided about the field meanwhile. */
  async function suppliers(country: string, email = admin): Promise<{ names: string[]; decisions: string[] }> {
    const token = await client.token(email);
    const before = lines.length;
    const id = randomUUID();
    const options = { token, variables: { country }, headers: { 'x-request-id': id } };
    const reply = await client.data<{ suppliers: { name: string }[] }>(shownQuery('query Suppliers'), options);
    // The line about the request comes last.
    await vi.waitUntil(() => lines.slice(before).some(({ msg, reqId }) => msg === 'request' && reqId === id), PATIENT);
    const about = lines.slice(before).filter(({ subject, msg }) => subject === 'Query.suppliers' && /^cache (hit|miss)$/.test(String(msg)));
    return {
      names: reply.suppliers.map(({ name }) => name),
      decisions: about.map(({ msg, reason }) => [msg, reason].filter((part) => typeof part === 'string').join(': ')),
    };
  }

  const create = async (change: (mutation: string) => string = (same) => same): Promise<unknown> =>
    client.data(change(shownQuery('createSupplier(input: { name')), { token: await client.token(admin) });

  it('is cached, and invalidated by its mutation', async () => {
    expect(await suppliers('DE')).toEqual({ names: [], decisions: ['cache miss: absent'] });
    expect(await suppliers('DE')).toEqual({ names: [], decisions: ['cache hit'] });
    await create();
    expect(await suppliers('DE')).toEqual({ names: ['Nordpharma'], decisions: ['cache miss: invalidated'] });
    expect(await suppliers('DE')).toEqual({ names: ['Nordpharma'], decisions: ['cache hit'] });
  });

  it('is left alone by what concerns another country', async () => {
    await suppliers('DE');
    await create((mutation) => mutation.replace('Nordpharma', 'Sudpharma').replace('"DE"', '"FR"'));
    expect(await suppliers('DE')).toEqual({ names: ['Nordpharma'], decisions: ['cache hit'] });
    expect((await suppliers('FR')).names).toEqual(['Sudpharma']);
  });

  it('holds its inputs to their rules, and each tenant to its own', async () => {
    const token = await client.token(admin);
    const mutation = shownQuery('createSupplier(input: { name');
    expect((await client.request(mutation, { token })).codes).toEqual(['ALREADY_EXISTS']);
    expect((await client.request(mutation.replace('"DE"', '"Germany"'), { token })).codes).toEqual(['BAD_USER_INPUT']);
    expect((await suppliers('DE', 'admin@riverside.example')).names).toEqual([]);
  });

  it('stops when it is told to', async () => {
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server?.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
