import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { EXAMPLES, faultsOf, play, startExample, type Example } from './play-example.js';

/**
 * `npm run lift`: packs Larder as it would be published, installs the tarball into an empty folder beside graphql and Apollo
 * Server, compiles the examples there under strict TypeScript, declarations of the package included, and plays them.
 */

const root = join(import.meta.dirname, '../..');
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const versions = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { readonly packages: Readonly<Record<string, { readonly version: string }>> };
const exactly = (name: string): string => `${name}@${versions.packages[`node_modules/${name}`]?.version ?? 'latest'}`;

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args, '--no-fund', '--no-audit'], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

const COMPILER_OPTIONS = {
  target: 'ES2023',
  lib: ['ES2023'],
  types: ['node'],
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  strict: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  // Not skipped: the declarations of the package have to hold by themselves.
  skipLibCheck: false,
  rootDir: 'examples',
  outDir: 'out',
};

function install(folder: string): void {
  const [{ filename = '', size = 0, entryCount = 0 } = {}] = JSON.parse(npm(['pack', '--json', '--pack-destination', folder], root)) as { filename?: string; size?: number; entryCount?: number }[];
  print(`packed ${filename}: ${entryCount} files, ${Math.round(size / 1024)} KiB`);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'somebody-elses', private: true, type: 'module' }));
  const packages = new Set([join(folder, basename(filename)), ...['graphql', '@apollo/server', '@types/node'].map(exactly), `typescript@${versions.packages['node_modules/typescript7']?.version ?? ''}`, ...EXAMPLES.flatMap((example) => example.packages)]);
  npm(['install', '--prefer-offline', '--ignore-scripts', '--no-progress', ...packages], folder);
  for (const name of ['graphql', '@apollo/server']) {
    const found = npm(['ls', name, '--parseable', '--all'], folder).trim().split('\n').filter((path) => path.endsWith(`node_modules/${name}`));
    if (found.length !== 1) throw new Error(`${name} is there ${found.length} times: schemas of one would be strangers to the other`);
  }
}

function compile(folder: string): void {
  mkdirSync(join(folder, 'examples'));
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['examples'] }));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'] });
  print('compiled under strict TypeScript');
}

async function playInstalled(folder: string, example: Example): Promise<readonly string[]> {
  const { readYourWrites } = (await import(join(folder, 'out/client-link.js'))) as { readonly readYourWrites: () => typeof fetch };
  const started = await startExample([`out/${example.file}.js`], { cwd: folder });
  try {
    return faultsOf(example, await play(started.url, example, readYourWrites()));
  } finally {
    await started.stop();
  }
}

const began = performance.now();
const folder = mkdtempSync(join(tmpdir(), 'larder-lift-'));
try {
  install(folder);
  compile(folder);
  const faults: string[] = [];
  for (const example of EXAMPLES) {
    const found = await playInstalled(folder, example);
    faults.push(...found);
    const lines = readFileSync(join(folder, 'examples', `${example.file}.ts`), 'utf8').split('\n').length - 1;
    print(`${example.file.padEnd(10)} ${lines} lines: ${found.length === 0 ? 'a hit when asked again, nothing stale after a mutation' : found.join('; ')}`);
  }
  print(`${EXAMPLES.length - new Set(faults.map((fault) => fault.split(':')[0])).size} of ${EXAMPLES.length} examples as they should be, in ${Math.round((performance.now() - began) / 1000)} s`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
