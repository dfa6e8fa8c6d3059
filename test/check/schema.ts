import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { printSchema } from '../../src/admin/print-schema.js';
import { buildApiSchema } from '../../src/schema.js';

/** Compares the committed SDL with the one that the code builds; with `--write`, writes it. */
const FILE = 'schema/schema.graphql';
const built = printSchema(await buildApiSchema());
const committed = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
// A misspelt directive is an error only when the text is read back.
buildSchema(built);

if (process.argv.includes('--write')) {
  mkdirSync('schema', { recursive: true });
  writeFileSync(FILE, built);
  console.log(built === committed ? `${FILE} is up to date` : `${FILE} is written`);
} else if (built === committed) {
  console.log(`${FILE} is what the code says`);
} else {
  const [was, is] = [committed.split('\n'), built.split('\n')];
  const line = is.findIndex((text, index) => text !== was[index]);
  console.log(`${FILE} is not what the code says, from line ${line + 1} on ("${(is[line] ?? '').trim()}"): run npm run schema`);
  process.exitCode = 1;
}
