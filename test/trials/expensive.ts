import { constants, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { sendAtRate } from './arrivals.js';
import { FAMILIES, isLimit, largestAdmitted, refusedBodies, type Family } from './candidates.js';
import { atMost, holds, median, note, number, p99, tally, type Figure } from './figures.js';
import type { Outcome } from './http.js';
import { cpuOf, type ApiProcess, type Stage } from './stage.js';
import { README_QUERY } from './traffic.js';

const PART = 'expensive';
const SAMPLES = 20;
const HITS_PER_SECOND = 100;
const ATTACKS_PER_SECOND = 4;
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

/** What one client can make a node work, by documents that the limits admit and by such as they refuse. */
export async function expensive(stage: Stage): Promise<Figure[]> {
  const database = await stage.database();
  // The database of a node has processors of its own: here it yields to the node. Backends inherit this.
  setPriority(database.pid, constants.priority.PRIORITY_LOW);
  const redis = await stage.redis();
  const node = await stage.api({ env: { DATABASE_URL: database.url, REDIS_URL: redis.url } });
  const server = new Measured(node);
  const admitted: Candidate[] = [];
  const refused: Candidate[] = [];
  let at = '';
  const figures: Figure[] = [note(PART, 'the node', 'on the processors of the machine, before its PostgreSQL (nice 19), as if that had others')];
  const searching = (async () => {
    for (const family of FAMILIES) {
      at = family.name;
      const size = await largestAdmitted(family.largest, async (tried) => !isLimit((await server.send(family.body(tried, server.nonce()))).code));
      if (size > 0) admitted.push(await server.candidate(family, { size, samples: 5 }));
      for (const beyond of new Set(size < family.largest ? [size + 1, family.largest] : [])) refused.push(await server.candidate(family, { size: beyond, samples: 5 }));
    }
  })();
  await stage.during('searching for the most expensive document', searching, () => `(${at})`);
  const worst = dearest(admitted);
  figures.push(...admitted.sort((a, b) => b.cpu - a.cpu).slice(0, 5).map((one) => note(PART, `admitted: ${one.family.name} x ${one.size}`, `${number(one.cpu)} ms of CPU (${one.outcome})`)));

  const hits = async (seconds: number): Promise<number[]> => {
    const times: number[] = [];
    const send = async (_: number, scheduled: number): Promise<void> => {
      const { code } = await node.client.send(README_QUERY);
      times.push(code === null ? performance.now() - scheduled : Infinity);
    };
    await sendAtRate({ rate: HITS_PER_SECOND, seconds, send });
    return times;
  };
  await hits(2);
  const alone = await stage.during('hits alone', hits(SECONDS.alone));
  const attacks: string[] = [];
  const attack = sendAtRate({ rate: ATTACKS_PER_SECOND, seconds: SECONDS.beside, send: async () => attacks.push((await server.send(worst.family.body(worst.size, server.nonce()))).code ?? 'answered') });
  const [beside] = await stage.during(`hits beside ${ATTACKS_PER_SECOND} a second of: ${worst.family.name}`, Promise.all([hits(SECONDS.beside), attack]), () => `(${attacks.length} answered)`);
  figures.push(
    note(PART, `attacked with: ${worst.family.name} x ${worst.size}`, tally(attacks)),
    note(PART, 'hits of others alone', `p50 ${number(median(alone))}, p99 ${number(p99(alone))} ms`),
    note(PART, 'hits of others meanwhile', `p50 ${number(median(beside))}, p99 ${number(p99(beside))} ms`),
    atMost(PART, 'hits of others at the median: meanwhile by alone', { value: median(beside) / median(alone), bar: BARS.ratio }),
  );

  await pause(2_000);
  for (const [index, one] of refused.sort((a, b) => b.cpu - a.cpu).slice(0, 4).entries()) {
    const { cpu, outcome } = await stage.during('a document beyond the limits', server.candidate(one.family, { size: one.size, samples: SAMPLES }));
    const what = `${index === 0 ? 'dearest ' : ''}document beyond the limits: ${one.family.name} x ${one.size} (${outcome})`;
    figures.push(atMost(PART, what, { value: cpu, bar: BARS.beyondLimits, unit: ' ms of CPU' }));
  }
  for (const [name, body] of Object.entries(refusedBodies(BODY_LIMIT))) {
    const { cpu, outcome } = await stage.during('a body at the limit', server.candidate({ name, largest: 1, body: () => body }, { size: 1, samples: SAMPLES }));
    const parse = parsing(body);
    const what = `refused body of 1 MiB: ${name} (${outcome}): to JSON.parse`;
    figures.push(holds(PART, what, { isMet: cpu <= BARS.toParsing * parse && outcome !== 'answered', measured: `${number(cpu / parse)} (${number(cpu)} to ${number(parse)} ms of CPU)`, bar: `at most ${BARS.toParsing}` }));
  }
  await node.stop();
  return figures;
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

  /** The median of the CPU time that so many requests take, each with a text of its own. */
  async candidate(family: Family, { size, samples }: { readonly size: number; readonly samples: number }): Promise<Candidate> {
    const costs: number[] = [];
    const outcomes: string[] = [];
    for (let sample = 0; sample < samples; sample++) {
      const body = family.body(size, this.nonce());
      await pause(20);
      const before = cpuOf(this.node.pid);
      const { code } = await this.send(body);
      // What is done after the answer, such as storing, belongs to it.
      await pause(10);
      costs.push(cpuOf(this.node.pid) - before);
      outcomes.push(code ?? 'answered');
    }
    return { family, size, cpu: median(costs), outcome: [...new Set(outcomes)].join(', ') };
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

function dearest(candidates: readonly Candidate[]): Candidate {
  const [first] = [...candidates].sort((a, b) => b.cpu - a.cpu);
  if (first === undefined) throw new Error('no document was admitted');
  return first;
}
