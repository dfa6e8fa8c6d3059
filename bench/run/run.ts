import 'reflect-metadata';
import { bench } from './bench.js';
import { readOptions, USAGE } from './options.js';
import { prepare } from './prepare.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const argv = process.argv.slice(2);

if (argv.includes('--help')) {
  print(USAGE);
} else {
  try {
    const options = readOptions(argv);
    prepare();
    const began = performance.now();
    await bench(options, print);
    print(`took ${((performance.now() - began) / 60_000).toFixed(1)} minutes`);
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
