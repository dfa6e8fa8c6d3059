import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { atMost, holds, note, number, tally, type Figure } from './figures.js';
import { PHASES, type LoadOrder, type LoadReport, type Phase } from './document-load.js';
import { isAlive, type ApiProcess, type Stage } from './stage.js';
import { README_QUERY } from './traffic.js';

const PART = 'documents';
const HEAP_MB = 384;
const MEGABYTE = 1e6;
const BAR = 350;
/** A phase that takes longer is broken off, and said to be. */
const PHASE_SECONDS = 600;
const SAMPLE_EVERY = 250;

/** Distinct documents and variables from one client, to a node with a small heap and nothing else set: on the embedded database. */
export async function documents(stage: Stage): Promise<Figure[]> {
  const data = join(stage.directory('data'), 'data');
  await stage.during('seeding the embedded database', stage.seed({ LARDER_DATA_DIR: data }));
  const start = (): Promise<ApiProcess> => stage.api({ flags: [`--max-old-space-size=${HEAP_MB}`], env: { LARDER_DATA_DIR: data } });
  let node = await start();
  const figures: Figure[] = [note(PART, 'the node', `node --max-old-space-size=${HEAP_MB} dist/main.js, no limit on requests, logs fatal errors only`)];
  let deaths = 0;
  let peak = 0;
  for (const phase of Object.keys(PHASES) as Phase[]) {
    if (!isAlive(node.pid)) {
      await node.stop();
      node = await start();
    }
    const heap = new HeapSamples(node);
    let sent = 0;
    const report = await stage.during(`sending ${PHASES[phase].what}`, load({ port: node.port, phase }, (count) => (sent = count)), () => `(${sent} sent, heap ${number(heap.peak)} MB at most)`);
    await heap.stop();
    const died = !isAlive(node.pid);
    if (died) deaths++;
    peak = Math.max(peak, heap.peak);
    figures.push(note(PART, PHASES[phase].what, `${died ? `DIED after ${report.sent}: ` : ''}heap at most ${number(heap.peak)} MB; ${tally(report.outcomes)}; ${number(report.seconds)} s`));
  }
  if (!isAlive(node.pid)) node = await start();
  const replies = [await node.client.send(README_QUERY), await node.client.send(README_QUERY)];
  const last = replies[1]?.cacheStatus ?? '';
  figures.push(
    holds(PART, 'the process lived', { isMet: deaths === 0, measured: deaths === 0 ? 'yes' : `no: died in ${deaths} of ${Object.keys(PHASES).length} phases`, bar: 'yes' }),
    atMost(PART, 'heap used, highest of all samples (once a quarter of a second)', { value: deaths > 0 ? Math.max(peak, HEAP_MB) : peak, bar: BAR, unit: ' MB' }),
    holds(PART, "the README's query, second time after that", { isMet: deaths === 0 && / hit/.test(last), measured: `${last || String(replies[1]?.code)}${deaths === 0 ? '' : ', of a node started again'}`, bar: 'a hit' }),
  );
  await node.stop();
  return figures;
}

/** Reads the heap of a node from its metrics. */
class HeapSamples {
  /** Megabytes. */
  peak = 0;
  #isOver = false;
  readonly #sampling: Promise<void>;

  constructor(private readonly node: ApiProcess) {
    this.#sampling = this.#sample();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#sampling;
  }

  async #sample(): Promise<void> {
    do {
      const { text } = await this.node.client.get('/metrics');
      const used = Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(text)?.[1] ?? 0);
      this.peak = Math.max(this.peak, used / MEGABYTE);
      await pause(SAMPLE_EVERY);
    } while (!this.#isOver && isAlive(this.node.pid));
  }
}

/** Sends one phase from a process of its own. */
async function load(order: LoadOrder, onSent: (count: number) => void): Promise<LoadReport> {
  const child = fork(join(import.meta.dirname, 'document-load.ts'), [JSON.stringify(order)], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const late = setTimeout(() => child.kill('SIGKILL'), PHASE_SECONDS * 1000);
  try {
    return await new Promise<LoadReport>((resolve, reject) => {
      child.on('message', (word: LoadReport | number) => (typeof word === 'number' ? onSent(word) : resolve(word)));
      child.once('error', reject).once('exit', () => reject(new Error(`the load of ${order.phase} ended early, or took longer than ${PHASE_SECONDS} s`)));
    });
  } finally {
    clearTimeout(late);
    child.kill('SIGKILL');
  }
}
