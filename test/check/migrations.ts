import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import config from '../../drizzle.config.js';
import { PROCESS_MS } from '../support/patience.js';

/** The committed migrations fit together, and the tables in the code need no further one. */
const drizzle = (...args: string[]): { status: number | null; output: string } => {
  // Standard input is closed: a question about a rename is an answer too, namely that something changed.
  const run = spawnSync(process.execPath, ['node_modules/drizzle-kit/bin.cjs', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PROCESS_MS,
  });
  return { status: run.status, output: `${run.stdout}${run.stderr}`.trim() };
};

function fail(message: string): void {
  console.log(message);
  process.exitCode = 1;
}

const { out = 'drizzle' } = config;
const journal = JSON.parse(readFileSync(join(out, 'meta/_journal.json'), 'utf8')) as { entries: { tag: string }[] };
const listed = journal.entries.map(({ tag }) => `${tag}.sql`);
const present = readdirSync(out).filter((name) => name.endsWith('.sql'));
const strays = [...present.filter((name) => !listed.includes(name)), ...listed.filter((name) => !present.includes(name))];

// Below the working directory: drizzle-kit takes relative paths only.
mkdirSync('.cache', { recursive: true });
const copy = mkdtempSync('.cache/migrations-');
try {
  cpSync(join(out, 'meta'), join(copy, 'meta'), { recursive: true });
  const copyConfig = join(copy, 'drizzle.config.ts');
  writeFileSync(copyConfig, `import config from '../../drizzle.config.js';\nexport default { ...config, out: './${copy}' };\n`);
  const generated = drizzle('generate', '--config', copyConfig);
  const made = readdirSync(copy).find((name) => name.endsWith('.sql'));
  const checked = drizzle('check');
  if (strays.length > 0) fail(`${strays.join(', ')}: the migrations and their journal differ`);
  else if (made !== undefined)
    fail(`the tables need a migration (npm run migration):\n${readFileSync(join(copy, made), 'utf8')}`);
  else if (!generated.output.includes('No schema changes')) fail(`drizzle-kit generate: ${generated.output}`);
  else if (checked.status !== 0) fail(`drizzle-kit check: ${checked.output}`);
  else console.log('migrations and tables agree');
} finally {
  rmSync(copy, { recursive: true, force: true });
}
