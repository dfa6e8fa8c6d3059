import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { FilledCache } from './filled-cache.js';
import type { EventLoopDelay, InvalidationArguments, InvalidationResult, InvalidationWord } from './invalidation-protocol.js';

/** Entries that are stored anew before each trial, and must be gone after it. */
const WATCHED = 5;
const PATIENCE = 20;
const WARM_UP = 20;
const COUNTED = 20;
const WINDOWS = 5;
const WINDOW = 600;

/** Invalidates tags that cover few, many and very many entries, in turns. */
async function run({ redisUrl, sizes, trials }: InvalidationArguments): Promise<InvalidationResult> {
  const cache = await FilledCache.open(redisUrl);
  try {
    for (const size of sizes) {
      await cache.fill(size);
      say({ say: 'filled', entries: size });
    }
    const milliseconds = new Map(sizes.map((size) => [size, [] as number[]]));
    for (let trial = -WARM_UP; trial < trials; trial++) {
      for (const size of turned(sizes, trial)) {
        const lasted = await once(cache, size);
        if (trial >= 0) milliseconds.get(size)?.push(lasted);
      }
    }
    const counted = new Map<number, number>();
    for (const size of sizes) counted.set(size, await commandsOf(cache, size));
    return {
      sizes: sizes.map((entries) => ({ entries, milliseconds: milliseconds.get(entries) ?? [], redisCommands: counted.get(entries) ?? NaN })),
      eventLoopDelay: await delays(cache, Math.max(...sizes)),
    };
  } finally {
    await cache.close();
  }
}

/** Milliseconds of one. @throws Error when what it covers is served afterwards. */
async function once(cache: FilledCache, size: number): Promise<number> {
  await makeValid(cache, size);
  const began = performance.now();
  await cache.invalidate(size);
  const lasted = performance.now() - began;
  const after = await cache.valid(size, WATCHED);
  if (after !== 0) throw new Error(`of ${WATCHED} entries ${after} were served after their invalidation`);
  return lasted;
}

/** Stored anew; on a machine that stands still for a second nothing is served until the ledger has been synced again. */
async function makeValid(cache: FilledCache, size: number): Promise<void> {
  for (let attempt = 0; attempt < PATIENCE; attempt++) {
    await cache.store(size, 0, WATCHED);
    if ((await cache.valid(size, WATCHED)) === WATCHED) return;
    await pause(250);
  }
  throw new Error('entries that were just stored are not served');
}

async function commandsOf(cache: FilledCache, size: number): Promise<number> {
  const counts: number[] = [];
  for (let i = 0; i < COUNTED; i++) {
    const before = await cache.commands();
    await cache.invalidate(size);
    // What the invalidation wakes up is part of it.
    await pause(10);
    counts.push((await cache.commands()) - before);
  }
  return counts.sort((a, b) => a - b)[COUNTED >> 1] ?? NaN;
}

/** How late timers are while the process only waits, and while it invalidates the largest tag again and again. */
async function delays(cache: FilledCache, size: number): Promise<EventLoopDelay> {
  const without: number[] = [];
  const during: number[] = [];
  for (let window = 0; window < WINDOWS; window++) {
    without.push(await delayDuring(() => pause(2)));
    during.push(await delayDuring(async () => {
      await cache.invalidate(size);
      await pause(2);
    }));
  }
  return { without, with: during };
}

async function delayDuring(work: () => Promise<unknown>): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  const end = performance.now() + WINDOW;
  while (performance.now() < end) await work();
  histogram.disable();
  return histogram.percentile(99) / 1e6;
}

function turned(sizes: readonly number[], by: number): number[] {
  const at = ((by % sizes.length) + sizes.length) % sizes.length;
  return [...sizes.slice(at), ...sizes.slice(0, at)];
}

const say = (word: InvalidationWord): void => void process.send?.(word);
process.once('message', (args: InvalidationArguments) => {
  run(args)
    .then((result) => say({ say: 'done', result }))
    .catch((error: unknown) => say({ say: 'failed', reason: String(error) }))
    .finally(() => process.disconnect());
});
