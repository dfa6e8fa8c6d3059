import { timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, type Registry } from 'prom-client';
import { digest } from '../lib/digest.js';
import { HttpRefusal } from './read-json.js';
import { RequestDurations, type MeasuredRequest } from './request-durations.js';

export interface MetricsOptions {
  /** What else there is to tell is in it already. */
  readonly registry: Registry;
  /** Null: for everybody who can reach the server. */
  readonly token: string | null;
}

/** Counts what HTTP takes: call it for each request that was answered. */
export function requestDurations(registry: Registry): (request: MeasuredRequest) => void {
  const durations = new RequestDurations(registry);
  return (request) => durations.measure(request);
}

/**
 * Counts what the framework answers.
 *
 * @returns for requests that it does not see.
 */
export function measureRequests(server: FastifyInstance, registry: Registry): (request: MeasuredRequest) => void {
  const measure = requestDurations(registry);
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url;
    measure({ method: route === undefined ? 'other' : request.method, route: route ?? 'other', status: reply.statusCode, milliseconds: reply.elapsedTime });
    done();
  });
  return measure;
}

/** `/metrics`, for Prometheus: what HTTP took, the process itself, and whatever else the registry was given. */
export function serveMetrics(server: FastifyInstance, { registry, token }: MetricsOptions): void {
  collectDefaultMetrics({ register: registry });
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
