import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/child-server.js';
import { sendAtRate } from './arrivals.js';
import { holds, note, number, p50, p99, tally, type Figure } from './figures.js';
import { TrialClient } from './http.js';
import type { Stage } from './stage.js';
import { Traffic } from './traffic.js';

const PART = 'restart';
const RATE = 100;
/** Before the first stop, between both, and after the last start: longer than the balancer takes to believe in a node again. */
const CALM = 5_000;
const AT_MOST_SECONDS = 180;

/** Two nodes behind a balancer, each stopped by SIGTERM and started again while clients go on asking. */
export async function restart(stage: Stage): Promise<Figure[]> {
  const database = await stage.database();
  const redis = await stage.redis();
  // The default of production, where there are balancers.
  const env = { DATABASE_URL: database.url, REDIS_URL: redis.url, SHUTDOWN_DELAY_MS: '5000' };
  const nodes = [await stage.api({ env }), await stage.api({ env })];
  const port = await freePort();
  const file = join(stage.directory('balancer'), 'haproxy.cfg');
  writeFileSync(file, configuration(port, nodes.map((node) => node.port)));
  await stage.haproxy(file, port);
  const client = new TrialClient(port);
  stage.onClose(async () => client.close());
  for (const node of nodes) await Traffic.prepare(node, database.url);
  const traffic = await Traffic.prepare({ client }, database.url);

  let state = 'both nodes';
  let isOver = false;
  const sending = sendAtRate({ rate: RATE, seconds: AT_MOST_SECONDS, isOver: () => isOver, send: (index, scheduled) => traffic.send(index, scheduled) });
  const restarting = (async () => {
    const seconds: number[] = [];
    try {
      for (const [index, node] of nodes.entries()) {
        await pause(CALM);
        state = `stopping node ${index}`;
        const began = performance.now();
        await node.stop();
        seconds.push((performance.now() - began) / 1000);
        state = `starting node ${index}`;
        nodes[index] = await stage.api({ env, port: node.port });
        state = 'both nodes';
      }
      await pause(CALM);
    } finally {
      isOver = true;
    }
    return seconds;
  })();
  const [, seconds] = await stage.during(PART, Promise.all([sending, restarting]), () => `(${state}, ${traffic.observations.length} answers)`);
  for (const node of nodes) await node.stop();

  const failed = traffic.observations.filter(({ code }) => code !== null);
  const times = traffic.observations.map(({ milliseconds }) => milliseconds);
  return [
    note(PART, 'the nodes stopped after', seconds.map((one) => `${number(one)} s`).join(', ')),
    note(PART, `requests, ${RATE} a second`, `${times.length}: p50 ${number(p50(times))}, p99 ${number(p99(times))}, max ${number(Math.max(0, ...times))} ms`),
    holds(PART, 'requests that failed', { isMet: times.length > 0 && failed.length === 0, measured: `${failed.length} (${tally(failed.map(({ code }) => code ?? ''))})`, bar: '0' }),
  ];
}

/** As the documentation has it; without retries, which would hide what a node refuses. */
export function configuration(port: number, nodes: readonly number[]): string {
  return `global
  maxconn 1000
defaults
  mode http
  retries 0
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
frontend api
  bind 127.0.0.1:${port}
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk GET /health/ready
${nodes.map((node, index) => `  server node${index} 127.0.0.1:${node} check inter 1s`).join('\n')}
`;
}
