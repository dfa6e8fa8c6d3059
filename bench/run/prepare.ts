import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bench = join(root, 'bench');

/** Installs the peers where they are missing or of another lock file, then builds Larder and the bench as production does. */
export function prepare(): void {
  const installed = join(bench, 'node_modules/.package-lock.json');
  const lock = join(bench, 'package-lock.json');
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) run('npm', ['ci', '--no-fund', '--no-audit'], bench);
  run('npm', ['run', '--silent', 'build'], root);
  run(process.execPath, ['node_modules/typescript7/bin/tsc', '-p', 'bench/tsconfig.build.json'], root);
}

/** @throws Error in one sentence: what the command itself had to say has been shown. */
function run(command: string, args: readonly string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}
