import { setTimeout as pause } from 'node:timers/promises';
import { sendAtRate } from './arrivals.js';
import type { Figure } from './figures.js';
import { judgeOutage, type Outage } from './judge-outage.js';
import { TcpProxy } from '../consistency/tcp-proxy.js';
import type { Stage } from './stage.js';
import { StoppedProcesses } from './stopped-processes.js';
import { Traffic } from './traffic.js';

const RATE = 40;
const SECONDS = { before: 15, outage: 40, after: 20 };
/** The default of REQUEST_TIMEOUT_MS. */
const TIME_LIMIT = 10_000;

/** PostgreSQL and all its backends stopped: connections stand, statements are never answered. */
export async function databaseHung(stage: Stage): Promise<Figure[]> {
  const database = await stage.database();
  const redis = await stage.redis();
  const node = await stage.api({ env: { DATABASE_URL: database.url, REDIS_URL: redis.url } });
  const traffic = await Traffic.prepare(node, database.url);
  let stopped: StoppedProcesses | undefined;
  stage.onClose(() => stopped?.resume());
  const figures = await play(stage, traffic, {
    part: 'database-hung',
    begin: () => (stopped = new StoppedProcesses(database.pid)),
    end: () => stopped?.resume(),
  });
  await node.stop();
  return figures;
}

/** Redis connections that go silent: all of them, and then only those that stood. */
export async function redisSilent(stage: Stage): Promise<Figure[]> {
  const database = await stage.database();
  const figures: Figure[] = [];
  for (const which of ['all', 'existing'] as const) {
    const redis = await stage.redis();
    const proxy = await TcpProxy.start(Number(new URL(redis.url).port));
    stage.onClose(() => proxy.close());
    const node = await stage.api({ env: { DATABASE_URL: database.url, REDIS_URL: `redis://127.0.0.1:${proxy.port}` } });
    const traffic = await Traffic.prepare(node, database.url);
    figures.push(
      ...(await play(stage, traffic, {
        part: `redis-silent (${which})`,
        begin: () => (which === 'all' ? proxy.become('silent') : proxy.swallow()),
        end: () => (which === 'all' ? proxy.become('passing') : undefined),
        // A ping each second, three seconds for its answer, and another connection.
        ...(which === 'existing' ? { recoversWithin: 5_000 } : {}),
      })),
    );
    await node.stop();
  }
  return figures;
}

interface Play extends Pick<Outage, 'part' | 'recoversWithin'> {
  readonly begin: () => unknown;
  readonly end: () => unknown;
}

async function play(stage: Stage, traffic: Traffic, { part, begin, end, ...bars }: Play): Promise<Figure[]> {
  let phase = 'before';
  const sending = sendAtRate({ rate: RATE, seconds: SECONDS.before + SECONDS.outage + SECONDS.after, send: (index, scheduled) => traffic.send(index, scheduled) });
  const outage = (async () => {
    await pause(SECONDS.before * 1000);
    phase = 'during';
    const began = performance.now();
    await begin();
    await pause(SECONDS.outage * 1000);
    await end();
    phase = 'after';
    return { began, ended: performance.now() };
  })();
  const [, instants] = await stage.during(part, Promise.all([sending, outage]), () => `(${phase} the outage, ${traffic.observations.length} answers)`);
  return judgeOutage(traffic.observations, { part, ...instants, timeLimit: TIME_LIMIT, ...bars });
}
