import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { documents } from './documents.js';
import { expensive } from './expensive.js';
import { holds, note, table, type Figure } from './figures.js';
import { databaseHung, redisSilent } from './outages.js';
import { restart } from './restart.js';
import { build, Stage } from './stage.js';

const PARTS: Readonly<Record<string, { readonly what: string; readonly play: (stage: Stage) => Promise<Figure[]> }>> = {
  documents: { what: 'memory under many distinct documents and variables', play: documents },
  'database-hung': { what: 'PostgreSQL stopped for 40 s', play: databaseHung },
  'redis-silent': { what: 'connections to Redis that swallow what is sent, for 40 s', play: redisSilent },
  expensive: { what: 'the most expensive document that is admitted, and the cost of refusals', play: expensive },
  restart: { what: 'two nodes behind haproxy, restarted in turn', play: restart },
};
const USAGE = `npm run trials -- [--only ${Object.keys(PARTS).join('|')}]

${Object.entries(PARTS).map(([name, { what }]) => `  ${name.padEnd(14)} ${what}`).join('\n')}

Ends with 1 where a bar is missed.`;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function partsToPlay(argv: readonly string[]): string[] {
  try {
    const { values } = parseArgs({ args: [...argv], options: { only: { type: 'string' }, help: { type: 'boolean', default: false } } });
    if (values.help) throw new Error('');
    const names = values.only?.split(',') ?? Object.keys(PARTS);
    const unknown = names.find((name) => !(name in PARTS));
    if (unknown !== undefined) throw new Error(`there is no part "${unknown}"`);
    return names;
  } catch (error) {
    print(`${error instanceof Error && error.message !== '' ? `${error.message}\n\n` : ''}${USAGE}`);
    process.exit(process.argv.includes('--help') ? 0 : 2);
  }
}

const names = partsToPlay(process.argv.slice(2));
const stage = new Stage(print);
let interrupted: number | null = null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    // The terminal and the parent both pass on one Ctrl-C; a later signal ends the run at once.
    if (interrupted !== null && performance.now() - interrupted > 1_000) process.exit(130);
    if (interrupted !== null) return;
    interrupted = performance.now();
    print('stopping what was started');
    void stage.close().finally(() => process.exit(130));
  });
}

const load = (): string => loadavg().map((value) => value.toFixed(1)).join(' ');
const figures: Figure[] = [];
try {
  await stage.during('building', build());
  for (const name of names) {
    print(`\n${name}: ${PARTS[name]?.what ?? ''}`);
    const before = load();
    try {
      figures.push(...((await PARTS[name]?.play(stage)) ?? []));
    } catch (error) {
      if (interrupted !== null) break;
      print(error instanceof Error ? (error.stack ?? error.message) : String(error));
      figures.push(holds(name, 'the trial itself', { isMet: false, measured: 'broken off', bar: 'runs to its end' }));
    }
    figures.push(note(name, 'load average of the machine', `${before} before, ${load()} after`));
  }
} finally {
  await stage.close();
}
if (interrupted !== null) process.exit(130);
print('');
for (const line of table(figures)) print(line);
const missed = figures.filter(({ isMet }) => !isMet).length;
const judged = figures.filter(({ bar }) => bar !== null).length;
print(`\n${judged - missed} of ${judged} bars met${missed > 0 ? `, ${missed} NOT met` : ''}`);
process.exit(missed === 0 && judged > 0 ? 0 : 1);
