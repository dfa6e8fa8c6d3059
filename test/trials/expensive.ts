import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { sendAtRate } from './arrivals.js';
import { FAMILIES, isLimit, largestAdmitted, refusedBodies, type Family } from './candidates.js';
import { atMost, holds, median, note, number, p99, tally, type Figure } from './figures.js';
import type { Outcome } from './http.js';
import { howAnswered } from './judge-outage.js';
import { cpuOf, waitOf, type ApiProcess, type Stage } from './stage.js';
import { README_QUERY } from './traffic.js';

const PART = 'expensive';
const SAMPLES = 20;
const HITS_PER_SECOND = 100;
const ATTACKS_PER_SECOND = 4;
/** How many of the most expensive documents are sent repeatedly: the most expensive one once need not be so when repeated. */
const ATTACKS = 3;
const SECONDS = { alone: 10, beside: 20 };
/** The default of HTTP_BODY_LIMIT_BYTES. */
const BODY_LIMIT = 1_048_576;
const BARS = { ratio: 3, beyondLimits: 20, toParsing: 2 };

interface Candidate {
  readonly family: Family;
  readonly size: number;
  readonly cpu: number;
  readonly outcome: string;
}

/** Results of clients that repeatedly request a hit. */
interface Hits {
  readonly times: readonly number[];
  readonly answers: readonly string[];
  /** In percent of the time, what the node took of a processor, and how long it waited for one. */
  readonly busy: number;
  readonly waiting: number;
}

/** How much CPU time one client can make a node spend, with admitted and with refused documents. */
export async function expensive(stage: Stage): Promise<Figure[]> {
  const database = await stage.database();
  // In operation a database does not take the node's processors.
  const pinned = availableParallelism() > 1 && runOn('0', database.pid);
  const redis = await stage.redis();
  const node = await stage.api({ env: { DATABASE_URL: database.url, REDIS_URL: redis.url } });
  const server = new Measured(node);
  const { admitted, refused } = await search(stage, server);
  const figures = [
    note(PART, 'the processors', `${availableParallelism()}; PostgreSQL ${pinned ? 'may use the first only' : 'is NOT kept from the others, which falsifies the ratio'}`),
    ...admitted.slice(0, 5).map((one) => note(PART, `admitted: ${one.family.name} x ${one.size}`, `${number(one.cpu)} ms of CPU (${one.outcome})`)),
    ...(await attack(stage, server, admitted.slice(0, ATTACKS))),
    ...(await refuse(stage, server, refused.slice(0, 4))),
  ];
  runOn(`0-${availableParallelism() - 1}`, database.pid);
  await node.stop();
  return figures;
}

/** The largest admitted size of each family, and sizes beyond it: each list begins with what took most CPU time. */
async function search(stage: Stage, server: Measured): Promise<{ readonly admitted: readonly Candidate[]; readonly refused: readonly Candidate[] }> {
  const admitted: Candidate[] = [];
  const refused: Candidate[] = [];
  let at = '';
  const searching = (async () => {
    for (const family of FAMILIES) {
      at = family.name;
      const size = await largestAdmitted(family.largest, async (tried) => !isLimit((await server.send(family.body(tried, server.nonce()))).code));
      if (size > 0) admitted.push(await server.candidate(family, { size, samples: 5 }));
      for (const beyond of new Set(size < family.largest ? [size + 1, family.largest] : [])) refused.push(await server.candidate(family, { size: beyond, samples: 5 }));
    }
  })();
  await stage.during('searching for the most expensive document', searching, () => `(${at})`);
  const byCpu = (a: Candidate, b: Candidate): number => b.cpu - a.cpu;
  return { admitted: admitted.sort(byCpu), refused: refused.sort(byCpu) };
}

/** Hits of other clients, alone and beside each of these documents. */
async function attack(stage: Stage, server: Measured, documents: readonly Candidate[]): Promise<Figure[]> {
  await server.hits(2);
  const alone = await stage.during('hits alone', server.hits(SECONDS.alone));
  const figures = [note(PART, 'hits of others alone', describe(alone))];
  for (const { family, size } of documents) {
    await pause(2_000);
    const answers: string[] = [];
    const sending = sendAtRate({ rate: ATTACKS_PER_SECOND, seconds: SECONDS.beside, send: async () => answers.push((await server.send(family.body(size, server.nonce()))).code ?? 'answered') });
    const [beside] = await stage.during(`hits beside ${ATTACKS_PER_SECOND} a second of: ${family.name}`, Promise.all([server.hits(SECONDS.beside), sending]), () => `(${answers.length} answered)`);
    const failed = beside.answers.filter((how) => !/hit|fwd/.test(how)).length;
    const ratio = median(beside.times) / median(alone.times);
    figures.push(
      note(PART, `hits beside ${family.name} (${tally(answers)})`, describe(beside)),
      holds(PART, `hits beside ${family.name}, median to that alone`, { isMet: failed === 0 && ratio <= BARS.ratio, measured: `${number(ratio)}; ${failed} failed`, bar: `at most ${BARS.ratio}, none failed` }),
    );
  }
  return figures;
}

/** What documents beyond the limits and bodies at the limit cost. */
async function refuse(stage: Stage, server: Measured, documents: readonly Candidate[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { family, size } of documents) {
    const { cpu, outcome } = await stage.during('a document beyond the limits', server.candidate(family, { size, samples: SAMPLES }));
    figures.push(atMost(PART, `document beyond the limits: ${family.name} x ${size} (${outcome})`, { value: cpu, bar: BARS.beyondLimits, unit: ' ms of CPU' }));
  }
  for (const [name, body] of Object.entries(refusedBodies(BODY_LIMIT))) {
    const { cpu, outcome } = await stage.during('a body at the limit', server.candidate({ name, largest: 1, body: () => body }, { size: 1, samples: SAMPLES }));
    const parse = parsing(body);
    const what = `refused body of 1 MiB: ${name} (${outcome}): to JSON.parse`;
    figures.push(holds(PART, what, { isMet: cpu <= BARS.toParsing * parse && outcome !== 'answered', measured: `${number(cpu / parse)} (${number(cpu)} to ${number(parse)} ms of CPU)`, bar: `at most ${BARS.toParsing}` }));
  }
  return figures;
}

/** Binds a process and its future children to these processors. @returns whether that was possible. */
function runOn(processors: string, pid: number): boolean {
  return spawnSync('taskset', ['-a', '-c', '-p', processors, String(pid)]).status === 0;
}

/** A node whose CPU time is measured, request by request, with none beside it. */
class Measured {
  #nonce = 0;

  constructor(private readonly node: ApiProcess) {}

  nonce(): number {
    return ++this.#nonce;
  }

  send(body: string): Promise<Outcome> {
    return this.node.client.sendBody(body);
  }

  /** Asks for a hit at a fixed rate. */
  async hits(seconds: number): Promise<Hits> {
    const { pid, client } = this.node;
    const [times, answers]: [number[], string[]] = [[], []];
    const [cpu, wait, began] = [cpuOf(pid), waitOf(pid), performance.now()];
    const send = async (_: number, scheduled: number): Promise<void> => {
      const outcome = await client.send(README_QUERY);
      times.push(performance.now() - scheduled);
      answers.push(howAnswered(outcome));
    };
    await sendAtRate({ rate: HITS_PER_SECOND, seconds, send });
    const percent = 100 / (performance.now() - began);
    return { times, answers, busy: (cpuOf(pid) - cpu) * percent, waiting: (waitOf(pid) - wait) * percent };
  }

  /** The median of the CPU time that so many requests take, each with a text of its own. */
  async candidate(family: Family, { size, samples }: { readonly size: number; readonly samples: number }): Promise<Candidate> {
    const costs: number[] = [];
    const outcomes: string[] = [];
    for (let sample = 0; sample < samples; sample++) {
      const body = family.body(size, this.nonce());
      await pause(20);
      const before = cpuOf(this.node.pid);
      const { code } = await this.send(body);
      costs.push((await this.#settled()) - before);
      outcomes.push(code ?? 'answered');
    }
    return { family, size, cpu: median(costs), outcome: [...new Set(outcomes)].join(', ') };
  }

  /** The CPU time when the node is idle: what is done after the answer, such as storing, belongs to it. */
  async #settled(): Promise<number> {
    let used = cpuOf(this.node.pid);
    for (let turn = 0; turn < 50; turn++) {
      await pause(10);
      const now = cpuOf(this.node.pid);
      if (now - used < 0.5) return used;
      used = now;
    }
    return used;
  }
}

/** The median of the CPU time that `JSON.parse` takes of the same bytes in this process. */
function parsing(body: string): number {
  const bytes = Buffer.from(body);
  const costs: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const before = process.cpuUsage();
    JSON.parse(bytes.toString());
    const { user, system } = process.cpuUsage(before);
    costs.push((user + system) / 1000);
  }
  return median(costs);
}

function describe({ times, answers, busy, waiting }: Hits): string {
  return `p50 ${number(median(times))}, p99 ${number(p99(times))} ms; ${tally(answers)}; node ${number(busy)} % busy, waiting for a processor ${number(waiting)} %`;
}
