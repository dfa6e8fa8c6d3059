import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
/** Everything that the checks read, without what is made or installed. */
const COPIED = [
  'src',
  'test',
  'schema',
  'examples',
  'bench/run',
  'bench/src',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'eslint.config.js',
  'vitest.config.ts',
  'codegen.ts',
  'drizzle.config.ts',
  'CHANGELOG.md',
  '.env.example',
];

/** Git tidies up in the background after a commit, and would be at it while the tree is removed. */
const IN_FRONT = ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false'];

export interface ScratchTree {
  write(path: string, content: string): void;
  /** Replaces a text that must be there. */
  edit(path: string, change: (content: string) => string): void;
  git(...args: string[]): void;
  /** Runs an npm script, as one does by hand. */
  run(script: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }>;
  remove(): void;
}

/** A copy of the working tree in which a violation can be planted; installed packages are shared. */
export function scratchTree(): ScratchTree {
  const directory = mkdtempSync(join(tmpdir(), 'larder-planted-'));
  for (const name of COPIED)
    if (existsSync(join(root, name))) cpSync(join(root, name), join(directory, name), { recursive: true });
  cpSync(join(root, 'drizzle'), join(directory, 'drizzle'), { recursive: true, filter: (path) => !path.endsWith('/data') });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));

  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  };
  return {
    write,
    edit(path, change) {
      const before = readFileSync(join(directory, path), 'utf8');
      const after = change(before);
      if (after === before) throw new Error(`nothing was planted in ${path}`);
      write(path, after);
    },
    git(...args) {
      execFileSync('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', '-c', 'init.defaultBranch=main', ...IN_FRONT, ...args], {
        cwd: directory,
        stdio: 'ignore',
        // A hook that runs the tests has git's variables of the outer repository.
        env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
      });
    },
    run: (script, ...args) =>
      new Promise((resolve) => {
        const env = Object.fromEntries(
          Object.entries(process.env).filter(([name]) => !/^(GIT_|VITEST|NODE_ENV$|NODE_OPTIONS$)/.test(name)),
        );
        execFile(
          'npm',
          ['run', '--silent', script, '--', ...args],
          { cwd: directory, env: { ...env, NO_COLOR: '1' } },
          (error, stdout, stderr) => {
            resolve({ code: error === null ? 0 : 1, output: `${stdout}${stderr}` });
          },
        );
      }),
    remove() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
