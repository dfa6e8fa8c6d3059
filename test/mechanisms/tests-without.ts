import { writeFileSync } from 'node:fs';
import { startVitest, type TestCase } from 'vitest/node';
import type { Mechanism } from '../../src/cache/core/mechanisms.js';
import { EXPECTED } from './expected.js';

// A process of its own for each mechanism: vitest leaves traces in the one that it has run in.
const [mechanism = '', report = ''] = process.argv.slice(2);
const { files, named } = EXPECTED[mechanism as Mechanism].tests;

const vitest = await startVitest(
  'test',
  [...files],
  // Names alone: what fails here is wanted.
  { watch: false, reporters: [{}], testNamePattern: named, testTimeout: 120_000, provide: { without: mechanism } },
);
const failed: string[] = [];
let passed = 0;
for (const module of vitest.state.getTestModules()) {
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'failed' && !isOutOfTime(test)) failed.push(shown(test));
    if (state === 'passed') passed++;
  }
}
await vitest.close();
writeFileSync(report, JSON.stringify({ passed, failed }));
process.exit(0);

/** A busy machine proves nothing. */
function isOutOfTime(test: TestCase): boolean {
  return test.result().errors?.some(({ message }) => /^(Test|Hook) timed out/.test(message)) === true;
}

/** With the file, since a file that fails as a whole says nothing. */
function shown(test: TestCase): string {
  return `${test.module.relativeModuleId}: ${test.fullName} (${test.result().errors?.[0]?.message.split('\n')[0] ?? 'no message'})`;
}
