import { parseArgs } from 'node:util';
import { exploreEngine } from './explore.js';

// The engine itself, in the worlds of the model: what clients saw that was old, world by world.
const { values } = parseArgs({ options: { seeds: { type: 'string', default: '500' }, from: { type: 'string', default: '0' } } });
const { found, errors, reads, hits } = await exploreEngine({ from: Number(values.from), seeds: Number(values.seeds) });
for (const { seed, violation } of found) process.stdout.write(`seed ${seed}: ${violation.kind}: ${violation.text}, at ${violation.at}\n`);
for (const { seed, error } of errors) process.stdout.write(`seed ${seed}: ${String(error)}\n`);
process.stdout.write(`${values.seeds} worlds, ${reads} reads, ${hits} hits: ${found.length} with a violation, ${errors.length} errors\n`);
process.exitCode = found.length + errors.length > 0 ? 1 : 0;
