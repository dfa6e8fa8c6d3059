import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Mechanism } from '../../src/cache/index.js';

/** Each mechanism, and the faults under which the checker is to miss it; null where only a test can. */
const MECHANISMS: Readonly<Record<Mechanism, { readonly faults: string } | null>> = {
  stamp: { faults: 'loads-held' },
  'flight-check': { faults: 'loads-held' },
  trust: { faults: 'node-cut-off,split-brain' },
  outbox: { faults: 'killed-after-commit' },
  'mark-per-epoch': { faults: 'split-brain,replica-promoted' },
  'epoch-rule': { faults: 'redis-restarted-old,replica-promoted' },
  'predicate-tags': { faults: 'none' },
  // Only what nobody was told of can be seen to live too long.
  'remaining-lifetime': null,
};

interface Outcome {
  readonly mechanism: string;
  readonly tests: readonly string[];
  readonly checker: string | null;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '40' }, 'tests-only': { type: 'boolean', default: false } },
});
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const chosen = Object.keys(MECHANISMS).filter((name) => positionals.length === 0 || positionals.includes(name)) as Mechanism[];
const scratch = await mkdtemp(join(tmpdir(), 'larder-mechanisms-'));
const outcomes: Outcome[] = [];
try {
  for (const mechanism of chosen) {
    print(`without ${mechanism}: running the tests …`);
    const tests = await failedTests(mechanism);
    for (const name of tests) print(`  failed: ${name}`);
    const under = MECHANISMS[mechanism];
    let checker: string | null = null;
    if (under !== null && !values['tests-only']) {
      print(`without ${mechanism}: running the checker for ${values.seconds} s under ${under.faults} …`);
      checker = await violations(mechanism, under.faults);
      print(`  checker: ${checker ?? 'found nothing'}`);
    }
    outcomes.push({ mechanism, tests, checker });
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}

print('');
for (const { mechanism, tests, checker } of outcomes) {
  const missed = tests.length > 0 || checker !== null;
  print(`${missed ? 'missed    ' : 'NOT MISSED'} ${mechanism.padEnd(20)} ${tests.length} tests fail; checker: ${checker ?? 'nothing'}`);
}
process.exit(outcomes.every(({ tests, checker }) => tests.length > 0 || checker !== null) ? 0 : 1);

async function failedTests(mechanism: Mechanism): Promise<readonly string[]> {
  const report = join(scratch, `${mechanism}.json`);
  await run('test/mechanisms/tests-without.ts', [mechanism, report]);
  const { passed, failed } = JSON.parse(await readFile(report, 'utf8')) as { passed: number; failed: string[] };
  if (passed + failed.length === 0) throw new Error(`no test ran without ${mechanism}`);
  return failed;
}

/** What the checker says of a run without the mechanism; null when it passes. */
async function violations(mechanism: Mechanism, faults: string): Promise<string | null> {
  const { code, output } = await run('test/consistency/run.ts', ['--without', mechanism, '--faults', faults, '--seconds', values.seconds]);
  if (code === 0) return null;
  const lines = output.split('\n').filter((line) => /stale|lost|violation/i.test(line) && /[1-9]/.test(line));
  return lines.slice(-4).map((line) => line.trim()).join('; ') || null;
}

function run(script: string, args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve({ code, output }));
  });
}
