import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Runs every script `check:<part>` of package.json, as many at once as there are processors; one line per part. */
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const parts = Object.keys(scripts).filter((name) => name.startsWith('check:'));

interface Outcome {
  readonly part: string;
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
}

function run(part: string): Promise<Outcome> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', part], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.once('close', (code) => {
      resolve({ part, code, output, seconds: (performance.now() - started) / 1000 });
    });
  });
}

// The slow ones first, so that none is left alone at the end.
const SLOW_FIRST = ['check:lint', 'check:migrations', 'check:codegen'];
const queue = [...SLOW_FIRST.filter((part) => parts.includes(part)), ...parts.filter((part) => !SLOW_FIRST.includes(part))];

let failed = 0;
async function work(): Promise<void> {
  for (let part = queue.shift(); part !== undefined; part = queue.shift()) {
    const { code, output, seconds } = await run(part);
    console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${part.slice('check:'.length).padEnd(12)} ${seconds.toFixed(1)} s`);
    if (code !== 0) {
      failed++;
      console.log(output.trimEnd().replace(/^/gm, '     '));
    }
  }
}

await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
if (failed > 0) {
  console.log(`${failed} of ${parts.length} checks failed`);
  process.exitCode = 1;
}
