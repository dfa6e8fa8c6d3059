import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scratchTree, type ScratchTree } from './scratch-tree.js';

/** Each part of `npm run check` passes on the tree as it is and fails on a planted violation, naming it. */

const hasGit = spawnSync('git', ['--version']).status === 0;

let tree: ScratchTree;
beforeEach(() => (tree = scratchTree()));
afterEach(() => {
  tree.remove();
});

async function fails(part: string, naming: RegExp): Promise<void> {
  const { code, output } = await tree.run(`check:${part}`);
  expect(output).toMatch(naming);
  expect(code).not.toBe(0);
}

async function passes(part: string): Promise<void> {
  expect(await tree.run(`check:${part}`)).toMatchObject({ code: 0 });
}

describe('npm run check fails when', () => {
  it('types: a value has the wrong type, in the sources or in a test', async () => {
    tree.write('src/lib/planted.ts', "export const count: number = 'many';\n");
    tree.write('test/planted.ts', "import { count } from '../src/lib/planted.js';\nexport const text: string = count;\n");
    await fails('types', /src\/lib\/planted\.ts\(1,14\): error TS2322[\s\S]*test\/planted\.ts\(2,14\): error TS2322/);
  });

  it('lint: a promise floats, any is used, a room is entered that is closed', async () => {
    tree.write(
      'src/lib/planted.ts',
      'export function start(work: () => Promise<void>): void {\n  work();\n}\nexport type Anything = any;\n',
    );
    tree.write(
      'src/cache/core/planted.ts',
      "import type { Context } from '../../graphql/context.js';\nexport type Planted = Context;\n",
    );
    tree.write(
      'src/server/planted.ts',
      "export { digest } from '../lib/digest.js';\nexport { canonical as planted } from '../cache/core/key.js';\nexport const port = process.env['PORT'];\nexport const now = Date.now();\n",
    );
    // The rules of check:lint, on these files only: all of them take long.
    const { code, output } = await tree.run('lint', 'src/lib/planted.ts', 'src/cache/core/planted.ts', 'src/server/planted.ts');
    expect(code).not.toBe(0);
    for (const rule of [
      'no-floating-promises',
      'no-explicit-any',
      'cache/core may import lib',
      'cache means its doors',
      'Only config.ts reads',
      'injected Clock',
    ]) {
      expect(output).toContain(rule);
    }
  });

  it('lint: a test asserts wall time, directly or by way of variables', async () => {
    tree.write(
      'test/planted.test.ts',
      [
        "import { expect, it } from 'vitest';",
        "it('is quick', () => {",
        '  const began = performance.now();',
        '  const took = performance.now() - began;',
        '  expect(took).toBeLessThan(5);',
        '  expect(Date.now() - began < 7).toBe(true);',
        '  expect({ milliseconds: took }).toEqual({ milliseconds: 0 });',
        '  expect([began].length).toBe(1);',
        '});',
        "it('waits for a condition', async () => {",
        '  const count = () => performance.now();',
        '  const items: number[] = [];',
        '  await Promise.resolve(count());',
        '  expect(items).toEqual([]);',
        '});',
        '',
      ].join('\n'),
    );
    const { code, output } = await tree.run('lint', 'test/planted.test.ts');
    expect(code).not.toBe(0);
    expect(output.match(/^ *\d+:\d+ .*No test asserts wall time/gm)?.map((line) => line.trim().split(':')[0])).toEqual(['5', '6', '7', '8']);
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
