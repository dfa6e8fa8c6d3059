import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readYourWrites } from '../../examples/client-link.js';
import { EXAMPLES, faultsOf, play, startExample, type Started } from './play-example.js';

/** The short form of `npm run lift`, which packs, installs and compiles: the same examples, on the sources. */

const root = join(import.meta.dirname, '../..');
const tsconfig = join(import.meta.dirname, 'tsconfig.json');

let started: Started | null = null;
afterEach(async () => {
  await started?.stop();
  started = null;
});

const start = async (file: string): Promise<Started> =>
  (started = await startExample(['--import', 'tsx', `examples/${file}.ts`], { cwd: root, env: { TSX_TSCONFIG_PATH: tsconfig } }));

describe('an example', () => {
  // Express and its integration are installed by `npm run lift` alone.
  it.each(EXAMPLES.filter(({ file }) => file !== 'express'))('$file hits, and shows a write at once', async (example) => {
    const { url } = await start(example.file);
    expect(faultsOf(example, await play(url, example))).toEqual([]);
  });

  it('fastify keeps tenants and viewers apart', async () => {
    const { url } = await start('fastify');
    const ask = async (query: string, headers: Record<string, string>): Promise<unknown> => {
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }) });
      return ((await response.json()) as { data: unknown }).data;
    };
    for (let time = 0; time < 3; time++) {
      for (const user of ['ann', 'bob']) expect(await ask('{ wishes { title } }', { 'x-user': user })).toEqual({ wishes: [{ title: `What ${user} wishes` }] });
    }
    await ask('mutation { addBook(title: "Sanditon") { title } }', { 'x-tenant': 'north' });
    expect(await ask('{ books { title } }', { 'x-tenant': 'north' })).toEqual({ books: [{ title: 'Emma' }, { title: 'Sanditon' }] });
    expect(await ask('{ books { title } }', { 'x-tenant': 'south' })).toEqual({ books: [{ title: 'Emma' }] });
  });

  it('has fewer than 60 lines, and compiles', () => {
    for (const file of readdirSync(join(root, 'examples'))) expect(readFileSync(join(root, 'examples', file), 'utf8').split('\n').length - 1).toBeLessThan(60);
    execFileSync(process.execPath, ['node_modules/typescript7/bin/tsc', '-p', tsconfig], { cwd: root });
  });
});

describe('the client’s fetch', () => {
  const answering = (...positions: (string | null)[]) => {
    const sent: (string | null)[] = [];
    const inner: typeof fetch = (_, init) => {
      sent.push(new Headers(init?.headers).get('larder-after'));
      const position = positions.shift() ?? null;
      return Promise.resolve(new Response('{}', { headers: position === null ? {} : { 'larder-position': position } }));
    };
    return { sent, inner };
  };

  it('F3: sends the last position it saw with everything it asks', async () => {
    const { sent, inner } = answering(null, 'a:1', null, 'a:3', 'a:2', null, 'b:1', null);
    const ask = readYourWrites(inner);
    for (let time = 0; time < 8; time++) await ask('http://_/', { headers: { 'x-own': '1' } });
    expect(sent).toEqual([null, null, 'a:1', 'a:1', 'a:3', 'a:3', 'a:3', 'b:1']);
  });

  it('F3: asks past the caches while a write has no position', async () => {
    const { sent, inner } = answering('bypass', 'a:1', null);
    const ask = readYourWrites(inner);
    for (let time = 0; time < 3; time++) await ask(new Request('http://_/', { headers: { 'x-own': '1' } }));
    expect(sent).toEqual([null, 'bypass', 'bypass']);
  });
});

describe('the package', () => {
  const { exports, files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Record<string, { default: string } | string>; files: string[] };

  it('exports the doors of the engine, with their types, and nothing else', () => {
    expect(Object.keys(exports)).toEqual(['./cache', './cache/graphql', './cache/http', './package.json']);
    for (const target of Object.values(exports)) {
      if (typeof target === 'string') continue;
      expect(target).toEqual({ types: target.default.replace(/\.js$/, '.d.ts'), default: target.default });
      expect(existsSync(join(root, target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts')))).toBe(true);
    }
    expect(files).toContain('dist');
  });
});
