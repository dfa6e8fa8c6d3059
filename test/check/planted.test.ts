import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { scratchTree, type ScratchTree } from './scratch-tree.js';

/** Each part of `npm run check` passes on the tree as it is and fails on a planted violation, naming it. */

const hasGit = spawnSync('git', ['--version']).status === 0;

/** Lines of a test that are found by the message that stands behind them. */
const TEST = [
  "import { beforeAll, expect, it, vi } from 'vitest';",
  'async function time(work: () => Promise<void>): Promise<number> {',
  '  const began = performance.now();',
  '  await work();',
  '  return performance.now() - began;',
  '}',
  "it('is quick', async () => {",
  '  const began = performance.now();',
  '  const took = performance.now() - began;',
  '  expect(took).toBeLessThan(5); // wall time',
  '  expect(Date.now() - began < 7).toBe(true); // wall time',
  '  expect({ milliseconds: took }).toEqual({ milliseconds: 0 }); // wall time',
  '  expect([began].length).toBe(1); // wall time',
  '  let late = 0;',
  '  late = process.hrtime()[0] - 1;',
  '  expect(late).toBe(0); // wall time',
  '  const times: number[] = [];',
  '  times.push(performance.now() - began);',
  '  expect(Math.max(...times)).toBeLessThan(5); // wall time',
  '  expect(await time(() => Promise.resolve())).toBe(0); // wall time',
  '}, 5_000); // own limit',
  'beforeAll(() => time(() => Promise.resolve()), 5_000); // own limit',
  "it('is done in time', { timeout: 5_000 }, () => undefined); // own limit",
  "it('waits for a condition', async () => {",
  '  const clock = { now: () => performance.now() };',
  '  const items: number[] = [];',
  '  await Promise.resolve(clock.now());',
  '  expect(items).toEqual([]);',
  '  await vi.waitUntil(() => items.length === 0); // own limit',
  '  await vi.waitFor(() => expect(items).toEqual([]), { timeout: 50 }); // own limit',
  '  setTimeout(() => items.push(1), 50);',
  '});',
];
const linesWith = (mark: string): number[] => TEST.flatMap((line, at) => (line.endsWith(`// ${mark}`) ? [at + 1] : []));
const [wallTimeLines, ownLimitLines] = [linesWith('wall time'), linesWith('own limit')];

const PLANTED: Readonly<Record<string, readonly string[]>> = {
  'src/lib/planted.ts': ['export function start(work: () => Promise<void>): void {', '  work();', '}', 'export type Anything = any;'],
  'src/cache/core/planted.ts': ["import type { Context } from '../../graphql/context.js';", 'export type Planted = Context;'],
  'src/server/planted.ts': [
    "export { digest } from '../lib/digest.js';",
    "export { canonical as planted } from '../cache/core/key.js';",
    "export const port = process.env['PORT'];",
    'export const now = Date.now();',
  ],
  'test/planted.test.ts': TEST,
};

let tree: ScratchTree;
async function fails(part: string, naming: RegExp): Promise<void> {
  const { code, output } = await tree.run(`check:${part}`);
  expect(output).toMatch(naming);
  expect(code).not.toBe(0);
}

async function passes(part: string): Promise<void> {
  expect(await tree.run(`check:${part}`)).toMatchObject({ code: 0 });
}

describe('npm run check fails when lint:', () => {
  let linted: ScratchTree;
  let result: Awaited<ReturnType<ScratchTree['run']>>;
  // The rules of check:lint, on these files only, and once for all: the types of the tree take long.
  beforeAll(async () => {
    linted = scratchTree();
    for (const [path, lines] of Object.entries(PLANTED)) linted.write(path, `${lines.join('\n')}\n`);
    result = await linted.run('lint', ...Object.keys(PLANTED));
  });
  afterAll(() => {
    linted.remove();
  });
  /** The lines of a planted file in which lint found what its message names. */
  const found = (path: string, message: string): number[] => {
    const [, about = ''] = result.output.split(`/${path}\n`);
    const [own = ''] = about.split('\n\n');
    return own.split('\n').flatMap((line) => (line.includes(message) ? [Number.parseInt(line, 10)] : []));
  };

  it.each([
    { what: 'a promise floats', path: 'src/lib/planted.ts', message: 'no-floating-promises', lines: [2] },
    { what: 'any is used', path: 'src/lib/planted.ts', message: 'no-explicit-any', lines: [4] },
    { what: 'a room is entered that is closed', path: 'src/cache/core/planted.ts', message: 'cache/core may import lib', lines: [1] },
    { what: 'the engine is not entered by its doors', path: 'src/server/planted.ts', message: 'cache means its doors', lines: [2] },
    { what: 'the environment is read elsewhere', path: 'src/server/planted.ts', message: 'Only config.ts reads', lines: [3] },
    { what: 'the time is read elsewhere', path: 'src/server/planted.ts', message: 'injected Clock', lines: [4] },
    { what: 'a test asserts wall time, directly or by way of variables and functions', path: 'test/planted.test.ts', message: 'No test asserts wall time', lines: wallTimeLines },
    { what: 'a test, a hook or a wait has a limit of its own', path: 'test/planted.test.ts', message: 'test/support/patience', lines: ownLimitLines },
  ])('$what', ({ path, message, lines }) => {
    expect(result.code).not.toBe(0);
    expect(found(path, message)).toEqual(lines);
  });
});

describe('npm run check fails when', () => {
  beforeEach(() => (tree = scratchTree()));
  afterEach(() => {
    tree.remove();
  });

  it('types: a value has the wrong type, in the sources or in a test', async () => {
    tree.write('src/lib/planted.ts', "export const count: number = 'many';\n");
    tree.write('test/planted.ts', "import { count } from '../src/lib/planted.js';\nexport const text: string = count;\n");
    await fails('types', /src\/lib\/planted\.ts\(1,14\): error TS2322[\s\S]*test\/planted\.ts\(2,14\): error TS2322/);
  });

  it('architecture: the import law is broken', async () => {
    tree.write('src/lib/planted.ts', "import '../outbox/planted.js';\n");
    tree.write('src/outbox/planted.ts', "import '../lib/planted.js';\nexport const now = Date.now();\n");
    tree.write('src/outbox/planted-utils.ts', 'export default 1;\n');
    const { code, output } = await tree.run('check:architecture');
    expect(code).not.toBe(0);
    for (const sentence of [
      'lib imports nothing of the house',
      'no file imports itself by way of others',
      'only lib/clock reads the time of day',
      'no file or folder is a drawer for what has no place',
      'nothing is a default export',
    ]) {
      expect(output).toContain(sentence);
    }
  });

  it('schema: the committed SDL is not what the code says', async () => {
    tree.edit('schema/schema.graphql', (sdl) => sdl.replace(/^type Query \{$/m, 'type Query {\n  planted: Int'));
    await fails('schema', /schema\/schema\.graphql is not what the code says, from line \d+ on .*npm run schema/);
  });

  it.skipIf(!hasGit)('breaking: a field goes that was not deprecated, or that the change log does not name', async () => {
    tree.edit('schema/schema.graphql', (sdl) =>
      sdl.replace(/^type Query \{$/m, 'type Query {\n  gone: Int\n  old: Int @deprecated(reason: "use new")'),
    );
    tree.write('CHANGELOG.md', '# Changelog\n');
    tree.git('init');
    tree.git('add', '.');
    tree.git('commit', '-m', 'first');
    await passes('breaking');
    tree.edit('schema/schema.graphql', (sdl) => sdl.replace('  gone: Int\n', ''));
    await fails('breaking', /Query\.gone was removed\. was not @deprecated before/);
    // Committed on the main branch, it is still compared with what was there before.
    tree.git('commit', '-am', 'second');
    await fails('breaking', /Query\.gone/);
    tree.edit('schema/schema.graphql', (sdl) => sdl.replace('  old: Int @deprecated(reason: "use new")\n', ''));
    await fails('breaking', /Query\.old was removed\. no new line of CHANGELOG\.md names Query\.old/);
    tree.edit('CHANGELOG.md', (text) => `${text}\n- Removed \`Query.old\`, deprecated since the first version.\n`);
    await passes('breaking');
  });

  it('codegen: an operation is not what its types say', async () => {
    tree.write('schema/operations/planted.graphql', 'query Planted {\n  __typename\n}\n');
    await fails('codegen', /stale|outdated|generated|--check|change/i);
  });

  it('codegen: an operation does not fit the schema', async () => {
    tree.write('schema/operations/planted.graphql', 'query Planted {\n  nowhere\n}\n');
    await fails('codegen', /nowhere/);
  });

  it('migrations: a table has a column that no migration makes', async () => {
    tree.write(
      'src/database/tables/planted.ts',
      "import { pgTable, text } from 'drizzle-orm/pg-core';\n\nexport const planted = pgTable('planted', { id: text('id').primaryKey() });\n",
    );
    await fails('migrations', /the tables need a migration[\s\S]*CREATE TABLE "planted"/);
  });

  it('migrations: a file lies there that the journal does not know', async () => {
    tree.write('drizzle/0999_planted.sql', 'select 1;\n');
    await fails('migrations', /0999_planted\.sql: the migrations and their journal differ/);
  });
});
