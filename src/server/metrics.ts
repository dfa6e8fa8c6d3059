import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Histogram, type Registry } from 'prom-client';
import { digest } from '../lib/digest.js';
import { HttpRefusal } from './read-json.js';

export interface MetricsOptions {
  /** What else there is to tell is in it already. */
  readonly registry: Registry;
  /** Null: for everybody who can reach the server. */
  readonly token: string | null;
}

/** From a hit to the longest that a request may take. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** `/metrics`, for Prometheus: what HTTP took by route and status, the process itself, and whatever the registry was given. */
export function serveMetrics(server: FastifyInstance, { registry, token }: MetricsOptions): void {
  collectDefaultMetrics({ register: registry });
  const durations = new Histogram({
    name: 'larder_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    // Routes are those of the server, never addresses as they were asked for: clients cannot make new ones.
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url;
    durations.observe(
      { method: route === undefined ? 'other' : request.method, route: route ?? 'other', status: reply.statusCode },
      reply.elapsedTime / 1_000,
    );
    done();
  });
  server.get('/metrics', async (request, reply) => {
    if (token !== null && !isSame(request.headers.authorization ?? '', `Bearer ${token}`)) {
      throw new HttpRefusal(401, 'UNAUTHENTICATED', 'The metrics are for those who send the token.');
    }
    return reply.header('cache-control', 'no-store').type(registry.contentType).send(await registry.metrics());
  });
}

/** Takes as long whatever is the same in both. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(digest(a)), Buffer.from(digest(b)));
}
