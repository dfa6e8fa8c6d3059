import { parseArgs } from 'node:util';
import { checkInProcesses } from './in-processes.js';
import { CASES, PROPERTY_NAMES, propertyNamed } from './properties.js';
import { report } from './property.js';

const HELP = `npm run properties -- [--only <property>]... [--seed 1] [--size 1] [--from 0] [--count <cases>] [--processes 2]
properties: ${PROPERTY_NAMES.map((name) => `${name} (${CASES[name]} cases)`).join(', ')}
--size 0.05 checks a twentieth of the cases; --from and --count choose them by their index.
`;

// Checks what has to hold for every query with many that are made up.
const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    seed: { type: 'string', default: '1' },
    size: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    count: { type: 'string' },
    processes: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});
const print = (line: string): void => void process.stdout.write(`${line}\n`);
if (values.help) process.stdout.write(HELP);
else await runAll();

async function runAll(): Promise<void> {
  const seed = Number(values.seed);
  for (const name of values.only?.map(propertyNamed) ?? PROPERTY_NAMES) {
    const began = performance.now();
    const count = Number(values.count ?? Math.ceil(CASES[name] * Number(values.size)));
    const { found, figures } = await checkInProcesses({ name, seed, count, from: Number(values.from), processes: Number(values.processes), print });
    for (const [what, number] of Object.entries(figures)) print(`  ${what}: ${number}`);
    if (found !== null) {
      process.exitCode = 1;
      print(report(name, seed, found));
    }
    print(`${name}: ${found === null ? `holds for ${count} cases` : 'does not hold'}, seed ${seed}, ${Math.round((performance.now() - began) / 1000)} s`);
  }
}
