import { writeFileSync } from 'node:fs';
import { startVitest, type TestCase } from 'vitest/node';

// A process of its own for each mechanism: vitest leaves traces in the one that it has run in.
const [mechanism = '', report = ''] = process.argv.slice(2);

const vitest = await startVitest(
  'test',
  ['test/flow/freshness.test.ts', 'test/flow/other-writers.test.ts'],
  // Names alone: what fails here is wanted.
  { project: ['services'], watch: false, reporters: [{}], provide: { without: mechanism } },
);
const failed: string[] = [];
let passed = 0;
for (const module of vitest.state.getTestModules()) {
  for (const test of module.children.allTests()) {
    if (isFailed(test)) failed.push(test.fullName);
    else passed++;
  }
}
await vitest.close();
writeFileSync(report, JSON.stringify({ passed, failed }));
process.exit(0);

function isFailed(test: TestCase): boolean {
  return test.result().state === 'failed';
}
