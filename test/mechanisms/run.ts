import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MECHANISMS, type Mechanism } from '../../src/cache/core/mechanisms.js';
import { exploreEngine } from '../model/explore.js';
import { EXPECTED, IN_WORLDS } from './expected.js';

/** So many simulated worlds miss any of those that they can do without. */
const WORLDS = 10;

interface Outcome {
  readonly mechanism: Mechanism;
  readonly tests: readonly string[];
  /** What the worlds and the checker show; null where they are not asked. */
  readonly worlds: readonly string[] | null;
  readonly checker: readonly string[] | null;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '90' }, 'tests-only': { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !(name in EXPECTED));
if (unknown.length > 0) throw new Error(`there is no mechanism ${unknown.join(', ')}: give some of ${MECHANISMS.join(', ')}`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const began = performance.now();
const scratch = await mkdtemp(join(tmpdir(), 'larder-mechanisms-'));
const outcomes: Outcome[] = [];
try {
  for (const mechanism of MECHANISMS) {
    if (positionals.length > 0 && !positionals.includes(mechanism)) continue;
    print(`without ${mechanism}`);
    const outcome = await without(mechanism);
    outcomes.push(outcome);
    for (const line of outcome.tests) print(`  test     ${line}`);
    for (const line of outcome.worlds ?? []) print(`  model    ${line}`);
    for (const line of outcome.checker ?? []) print(`  checker  ${line}`);
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}

const isMissed = ({ tests, worlds, checker }: Outcome): boolean => [tests, worlds, checker].every((found) => found === null || found.length > 0);
const shown = (found: readonly string[] | null, what: string): string => (found === null ? '-' : found.length === 0 ? 'NOTHING' : what);
print(`\n${'without'.padEnd(20)} ${'tests that fail'.padEnd(16)} ${'model'.padEnd(10)} checker`);
for (const outcome of outcomes) {
  const { mechanism, tests, worlds, checker } = outcome;
  const { checker: expected } = EXPECTED[mechanism];
  const seen = checker === null ? `- (${'cannot' in expected ? expected.cannot : 'not asked'})` : shown(checker, 'violated');
  print(`${mechanism.padEnd(20)} ${shown(tests, String(tests.length)).padEnd(16)} ${shown(worlds, 'violated').padEnd(10)} ${seen}`);
}
const needless = outcomes.filter((outcome) => !isMissed(outcome)).map(({ mechanism }) => mechanism);
const minutes = ((performance.now() - began) / 60_000).toFixed(1);
print(`${outcomes.length} mechanisms in ${minutes} min: ${needless.length === 0 ? 'each is missed wherever it is to be' : `NOT MISSED everywhere: ${needless.join(', ')}`}`);
process.exit(needless.length === 0 ? 0 : 1);

async function without(mechanism: Mechanism): Promise<Outcome> {
  const { checker } = EXPECTED[mechanism];
  return {
    mechanism,
    tests: await failedTests(mechanism),
    worlds: IN_WORLDS.includes(mechanism) ? await inWorlds(mechanism) : null,
    checker: values['tests-only'] || 'cannot' in checker ? null : await inChecker(mechanism, checker),
  };
}

async function failedTests(mechanism: Mechanism): Promise<readonly string[]> {
  const report = join(scratch, `${mechanism}.json`);
  const output = await run('test/mechanisms/tests-without.ts', [mechanism, report]);
  const { passed, failed } = JSON.parse(await readFile(report, 'utf8').catch(() => '{"passed":0,"failed":[]}')) as { passed: number; failed: string[] };
  if (passed + failed.length === 0) throw new Error(`no test ran without ${mechanism}: ${output}`);
  return failed;
}

async function inWorlds(mechanism: Mechanism): Promise<readonly string[]> {
  const { found } = await exploreEngine({ seeds: WORLDS, until: 1 }, [mechanism]);
  return found.map(({ seed, violation: { kind, text } }) => `seed ${seed}: ${kind}: ${text}`);
}

/** The first violation of a run without the mechanism. */
async function inChecker(mechanism: Mechanism, { faults, nodes }: { readonly faults: string; readonly nodes: number }): Promise<readonly string[]> {
  const report = join(scratch, `${mechanism}.checker.json`);
  const options = { without: mechanism, faults, nodes: String(nodes), seconds: values.seconds, report };
  const output = await run('test/consistency/run.ts', ['--until-violation', ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])]);
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null) throw new Error(`the checker did not run without ${mechanism}: ${output}`);
  const { violations } = JSON.parse(text) as { violations: readonly { at: number; during: string; kind: string; what: string }[] };
  return violations.slice(0, 1).map(({ at, during, kind, what }) => `${(at / 1_000).toFixed(1)} s (${during}) ${kind}: ${what.slice(0, 300)}`);
}

/** @returns what it said. */
function run(script: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve(output));
  });
}
