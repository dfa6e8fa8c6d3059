import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, '.cache/consistency');

/** What the service reads from beside its sources. */
const BESIDE = ['package.json', 'drizzle', 'schema'];

/**
 * Compiles the nodes' entry as production does: nodes that are killed and started dozens of times would otherwise spend
 * the run on translating themselves.
 *
 * @returns the file to run.
 * @throws Error in one sentence.
 */
export function buildNode(): string {
  mkdirSync(built, { recursive: true });
  const compiler = ['node_modules/typescript7/bin/tsc', '-p', 'test/consistency/tsconfig.node.json'];
  const { status } = spawnSync(process.execPath, compiler, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error('the nodes could not be compiled: see above');
  for (const name of BESIDE) {
    rmSync(join(built, name), { force: true });
    symlinkSync(join(root, name), join(built, name));
  }
  return join(built, 'test/consistency/node.js');
}
