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

/** A request that was answered, as far as it is counted. */
export interface MeasuredRequest {
  readonly method: string;
  /** One of the server's, never an address as it was asked for: clients cannot make new ones. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
}

interface Child {
  observe(seconds: number): void;
}

/** Counts what HTTP takes, by route and status: call it for each request that was answered. */
export function requestDurations(registry: Registry): (request: MeasuredRequest) => void {
  const durations = new Histogram({
    name: 'larder_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  // Found once for each combination, of which there are few; by status in a list, by method, by route.
  const children = new Map<string, Map<string, Child[]>>();
  const childrenOf = (route: string, method: string): Child[] => {
    let byMethod = children.get(route);
    if (byMethod === undefined) children.set(route, (byMethod = new Map<string, Child[]>()));
    let byStatus = byMethod.get(method);
    if (byStatus === undefined) byMethod.set(method, (byStatus = []));
    return byStatus;
  };
  return ({ method, route, status, milliseconds }) => {
    const known = childrenOf(route, method);
    (known[status] ??= durations.labels({ method, route, status })).observe(milliseconds / 1_000);
  };
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
