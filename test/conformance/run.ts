import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LEFT_OUT } from './left-out.js';

/** `npm run conformance`: the audits of GraphQL over HTTP, and the suite that Apollo publishes for integrations, twice. */

const here = import.meta.dirname;
const root = join(here, '../..');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

function run(command: string, args: readonly string[], options: { readonly cwd: string; readonly env?: Record<string, string> }): boolean {
  const { status } = spawnSync(command, args, { cwd: options.cwd, env: { ...process.env, ...options.env }, stdio: ['ignore', 'inherit', 'inherit'] });
  return status === 0;
}

function prepare(): void {
  const installed = join(here, 'node_modules/.package-lock.json');
  const isMissing = !existsSync(installed) || statSync(installed).mtimeMs < statSync(join(here, 'package-lock.json')).mtimeMs;
  if (isMissing && !run('npm', ['ci', '--no-fund', '--no-audit'], { cwd: here })) throw new Error('the suite could not be installed');
  if (!run('npm', ['run', '--silent', 'build'], { cwd: root })) throw new Error('the build failed');
}

interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

/** @returns the counts, or null for a run that broke off. `only` is a pattern of the names of tests. */
function runSuite(env: Record<string, string>, only: string | null): JestReport | null {
  const scratch = mkdtempSync(join(tmpdir(), 'larder-conformance-'));
  const report = join(scratch, 'report.json');
  try {
    const filter = only === null ? [] : [`--testNamePattern=${only}`];
    const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
    run(process.execPath, [...jest, '--reporters=summary', '--json', `--outputFile=${report}`, ...filter], { cwd: here, env });
    return existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as JestReport) : null;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

let failed = false;
function judge(name: string, report: JestReport | null): void {
  if (report === null || report.numFailedTests > 0 || report.numPassedTests === 0) failed = true;
  print(report === null ? `${name}: broke off` : `${name}: ${report.numPassedTests} passed, ${report.numFailedTests} failed, ${report.numPendingTests} not run`);
}

prepare();
if (!run('npx', ['vitest', 'run', 'test/conformance/audits.test.ts'], { cwd: root })) failed = true;
judge('the suite, as it is', runSuite({}, null));
judge('the suite, every query stored', runSuite({ EVERY_QUERY: '1' }, `^(?!.*(${LEFT_OUT.map(({ name }) => name).join('|')})).*$`));
print(`Not run: what needs graphql 17 (@defer, @stream), and with every query stored also ${LEFT_OUT.map(({ name, because }) => `"${name}" (${because})`).join(', ')}.`);
process.exitCode = failed ? 1 : 0;
