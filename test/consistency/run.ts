import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { check } from './check.js';
import { readOptions, USAGE, type Options } from './options.js';
import { asJson, table, verdictOf } from './report.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function run(options: Options): Promise<boolean> {
  if (options.mode === 'overhead') return (await import('./overhead.js')).overhead(options, print);
  if (options.mode === 'over-invalidation') return (await import('./over-invalidation.js')).overInvalidation(options, print);
  const record = await check(options, print);
  for (const line of table(record, options)) print(line);
  if (options.report !== null) writeFileSync(options.report, asJson(record, options));
  return verdictOf(record, options).passed;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

let options: Options;
try {
  if (process.argv.includes('--help')) throw new Error('');
  options = readOptions(process.argv.slice(2));
} catch (error) {
  print(`${error instanceof Error && error.message !== '' ? `${error.message}\n\n` : ''}${USAGE}`);
  process.exit(process.argv.includes('--help') ? 0 : 2);
}
process.exit((await run(options)) ? 0 : 1);
