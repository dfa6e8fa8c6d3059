import type { Verdict } from './judge.js';
import { cpuPerRequest, type Results, type ScenarioResults, type ServerResults } from './results.js';
import { median, quantile, ratios, spread } from './statistics.js';

/** RESULTS.md. */
export function toMarkdown(results: Results, verdicts: readonly Verdict[]): string {
  return [
    '# Results',
    '',
    `Written by \`npm run bench\` on ${results.date.slice(0, 10)}; what is measured and how is in [README.md](README.md), every round in`,
    '[results.json](results.json).',
    '',
    ...table(['machine', ''], Object.entries({ ...results.machine, ...results.versions })),
    '',
    '**What the figures are not for.** They compare servers within one run on one machine. They are not what a production system',
    'will serve: load, servers, PostgreSQL and Redis share the processors, the network is the loopback device, and requests per',
    'second and latencies are those of a saturated server. They do not compare with figures of other runs, machines or projects.',
    'The peers have no authentication, limits, metrics, security headers or request log; Larder has them all switched on. With a',
    'load of more than a few tenths before the run, others were at work on the machine, and the figures are no more than a hint.',
    ...(results.settings['asked'] === '' ? [] : ['', `This run was not a full one: \`${String(results.settings['asked'])}\`.`]),
    '',
    '## Bars',
    '',
    'Medians of the ratios within rounds (least to most), of processor time per request, unless something else is said.',
    '',
    ...table(['bar', 'criterion', 'figure', 'limit', ''], verdicts.map(({ bar, criterion, figure, limit, met }) => [bar, criterion, figure ?? '—', limit, verdictWord(met)])),
    '',
    '![Processor time per request](results.svg)',
    ...results.scenarios.flatMap((scenario) => ['', ...scenarioSection(scenario)]),
    ...invalidationSection(results),
    '',
  ].join('\n');
}

export function verdictWord(met: boolean | null): string {
  return met === null ? 'not measured' : met ? 'met' : '**NOT met**';
}

function scenarioSection({ title, name, servers }: ScenarioResults): string[] {
  const [reference] = servers;
  const rounds = reference?.rounds.length ?? 0;
  const header = ['server', 'CPU µs', 'spread', `to ${reference?.kind ?? ''}`, 'requests/s', 'p50 ms', 'p99 ms', 'SQL', 'Redis', 'trips', 'bytes'];
  return [`## ${title}`, '', `\`${name}\`, ${rounds} rounds.`, '', ...table(header, servers.map((server) => serverRow(server, reference ?? server)))];
}

function serverRow(server: ServerResults, reference: ServerResults): string[] {
  const { rounds, work } = server;
  const cpu = cpuPerRequest(server);
  const of = (value: (round: ServerResults['rounds'][number]) => number): number => median(rounds.map(value));
  return [
    server.kind,
    micros(median(cpu)),
    `± ${(100 * spread(cpu)).toFixed(1)} %`,
    `${median(ratios(cpu, cpuPerRequest(reference))).toFixed(2)} x`,
    Math.round(of(({ requests, seconds }) => requests / seconds)).toLocaleString('en'),
    of(({ p50 }) => p50).toFixed(2),
    of(({ p99 }) => p99).toFixed(2),
    String(work.statements),
    String(work.redisCommands),
    String(work.roundTripsBefore),
    `${work.bytes.toLocaleString('en')}${work.encoding === 'identity' ? '' : ` ${work.encoding}`}`,
  ];
}

function invalidationSection({ invalidation }: Results): string[] {
  if (invalidation === null) return [];
  const rows = invalidation.sizes.map(({ entries, milliseconds, redisCommands }) => {
    const sorted = [...milliseconds].sort((a, b) => a - b);
    return [entries.toLocaleString('en'), String(sorted.length), median(sorted).toFixed(2), quantile(sorted, 0.99).toFixed(2), String(redisCommands)];
  });
  return ['', '## Invalidating a tag', '', ...table(['entries under the tag', 'trials', 'median ms', 'p99 ms', 'Redis commands'], rows)];
}

export function micros(value: number): string {
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)];
}
