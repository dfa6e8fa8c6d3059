import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkAnswers, workKey, type Answers } from './check-answers.js';
import { toSvg } from './chart.js';
import { measureInvalidation } from './invalidation.js';
import { judge } from './judge.js';
import { describeMachine, describeVersions } from './machine.js';
import { measure, requestsNeeded, type Plan, type Rounds } from './measure.js';
import type { ServerKind } from '../src/servers/server-protocol.js';
import { DEFAULT_SECONDS, type Options } from './options.js';
import { startLoader } from './processes.js';
import { toMarkdown, verdictWord } from './report.js';
import type { Results, ScenarioResults, Work } from './results.js';
import { SCENARIOS, type Scenario } from './scenarios.js';
import { Services } from './services.js';
import { measureStampede } from './stampede.js';
import { buildWorld, type World, type WorldSize } from './world.js';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const INVALIDATION = 'invalidation';
const STAMPEDE = 'stampede';
const CONNECTIONS = 32;

type Print = (line: string) => void;

/** The whole run. @returns whether everything answered alike and ran; bars are printed and not enforced. */
export async function bench(options: Options, print: Print): Promise<void> {
  const chosen = choose(options);
  if (!options.quick && process.platform !== 'linux') throw new Error('processor time is read from /proc, which only Linux has: elsewhere there is --quick alone');
  const machine = describeMachine();
  const services = await Services.start();
  try {
    const plans = new Map(chosen.map((scenario) => [scenario, planOf(scenario, options)]));
    const world = await buildWorld(services.databaseUrl, sizeOf(plans, options));
    await services.copyFor(new Set(['api' as const, ...chosen.flatMap(({ servers }) => servers)]));
    print('the data is there');
    const answers = chosen.length === 0 ? { work: new Map(), bare: new Map() } : await checkAnswers({ services, world, scenarios: chosen, counting: !options.quick, print });
    // Once is enough to see that loading works, where nobody looks at the figures.
    const measured = options.quick ? new Map([...plans].slice(0, 1)) : plans;
    const scenarios = await measureAll(measured, { services, world, answers, options, print });
    const invalidation = wants(options, INVALIDATION) ? await measureInvalidation({ redisUrl: services.redisUrl, ...(options.quick ? QUICK_TRIALS : TRIALS) }, print) : null;
    const stampede = wants(options, STAMPEDE) ? await measureStampede(services, options.quick ? QUICK_STAMPEDE : STAMPEDES, print) : null;
    const results: Results = {
      date: new Date().toISOString(),
      machine,
      versions: { ...describeVersions(), ...(await services.versions()) },
      settings: settingsOf(options),
      scenarios,
      invalidation,
      stampede,
    };
    report(results, options, print);
  } finally {
    await services.stop();
  }
}

const TRIALS = { sizes: [100, 10_000, 1_000_000], trials: 200 };
const STAMPEDES = { processes: 4, readers: 200, trials: 5, warm: 12 };
const QUICK_STAMPEDE = { processes: 2, readers: 5, trials: 1, warm: 1 };
const QUICK_TRIALS = { sizes: [10, 100, 1_000], trials: 5 };

function wants({ scenarios }: Options, name: string): boolean {
  return scenarios.length === 0 || scenarios.includes(name);
}

/** Without the server whose answer they copy, the bare ones have none. */
function choose(options: Options): readonly Scenario[] {
  const known = [...SCENARIOS.map(({ name }) => name), INVALIDATION, STAMPEDE];
  const unknown = options.scenarios.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no scenario "${unknown}": give ${known.join(', ')}`);
  const wanted = ({ kind, copied }: { readonly kind: ServerKind; readonly copied: ServerKind | undefined }): boolean =>
    options.servers.length === 0 || options.servers.includes(kind) || kind === copied;
  return SCENARIOS.filter(({ name }) => wants(options, name))
    .map((scenario) => ({ ...scenario, servers: scenario.servers.filter((kind) => wanted({ kind, copied: scenario.copied })) }))
    .filter(({ servers }) => servers.length > 0);
}

/** Servers on one processor, load, PostgreSQL and Redis on the others, where there are several. */
function planOf(scenario: Scenario, { quick, rounds, warm, measure: measured, pin }: Options): Plan {
  const processor = pin && canPin() ? 0 : null;
  if (quick) {
    const few = scenario.once === true ? { warm: { requests: 40 }, measure: { requests: 40 } } : { warm: { seconds: 0.05 }, measure: { seconds: 0.1 } };
    return { rounds: 1, ...few, connections: 4, processor };
  }
  const amounts = scenario.once === true ? { warm: { requests: 1_000 }, measure: { requests: 2_000 } } : { warm: { seconds: warm }, measure: { seconds: measured } };
  return { rounds: rounds ?? scenario.rounds, ...amounts, connections: CONNECTIONS, processor };
}

function canPin(): boolean {
  return availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
}

function sizeOf(plans: ReadonlyMap<Scenario, Plan>, { quick }: Options): WorldSize {
  const once = [...plans].filter(([scenario]) => scenario.once === true).map(([, plan]) => requestsNeeded(plan));
  const misses = Math.max(100, ...once);
  return quick ? { products: 6_000, medicinesPerTenant: 400, kiosks: misses, warehouse: misses } : { products: Infinity, medicinesPerTenant: 3_200, kiosks: misses, warehouse: misses };
}

interface Measured {
  readonly services: Services;
  readonly world: World;
  readonly answers: Answers;
  readonly options: Options;
  readonly print: Print;
}

async function measureAll(plans: ReadonlyMap<Scenario, Plan>, { services, world, answers, options, print }: Measured): Promise<ScenarioResults[]> {
  const loader = startLoader({ log: `${services.logs}/load.log`, processor: options.pin && canPin() ? 1 : null });
  try {
    const results: ScenarioResults[] = [];
    for (const [scenario, plan] of plans) {
      const rounds = await measure(scenario, plan, { services, world, loader, bare: answers.bare.get(scenario.name) ?? [], print });
      results.push(resultsOf(scenario, rounds, answers.work));
    }
    return results;
  } finally {
    loader.stop();
  }
}

function resultsOf(scenario: Scenario, rounds: Rounds, work: ReadonlyMap<string, Work>): ScenarioResults {
  const { name, title, servers } = scenario;
  return { name, title, servers: servers.map((kind) => ({ kind, work: work.get(workKey(scenario, kind)) as Work, rounds: rounds.get(kind) ?? [] })) };
}

function settingsOf({ scenarios, servers, rounds, warm, measure: measured, pin }: Options): Results['settings'] {
  const asked = [
    ...(scenarios.length === 0 ? [] : [`--scenarios ${scenarios.join(',')}`]),
    ...(servers.length === 0 ? [] : [`--servers ${servers.join(',')}`]),
    ...(rounds === null ? [] : [`--rounds ${rounds}`]),
    ...(warm === DEFAULT_SECONDS.warm ? [] : [`--warm ${warm}`]),
    ...(measured === DEFAULT_SECONDS.measure ? [] : [`--measure ${measured}`]),
  ];
  return { asked: asked.join(' '), warmSeconds: warm, measuredSeconds: measured, connections: CONNECTIONS, pinned: pin && canPin() };
}

function report(results: Results, { quick, out }: Options, print: Print): void {
  if (quick) {
    print('all servers answer alike, and everything runs; nothing was measured');
    return;
  }
  const verdicts = judge(results);
  for (const { bar, criterion, figure, limit, met } of verdicts) print(`${bar}  ${verdictWord(met).replaceAll('*', '').padEnd(12)}  ${figure ?? '-'} (${limit}): ${criterion}`);
  const directory = out === null ? HERE : resolve(out);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'RESULTS.md'), toMarkdown(results, verdicts));
  writeFileSync(join(directory, 'results.json'), `${JSON.stringify({ ...results, verdicts }, null, 1)}\n`);
  writeFileSync(join(directory, 'results.svg'), toSvg(results));
  print(`written to ${directory}`);
}
