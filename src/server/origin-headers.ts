import type { FastifyInstance } from 'fastify';

/** Names and values in turn, as HTTP has them. */
type Headers = readonly string[];

/** So many origins are remembered; a server that lets anybody in has one answer for all. */
const MAX_ORIGINS = 1_000;

/** Of a single request. */
const OWN = ['x-request-id', 'content-type', 'content-length'];

/**
 * What plugins for browsers put on every answer to GraphQL: observed on requests that go through them, so that others need
 * not, and nobody writes it down twice. Add it after these plugins.
 */
export class OriginHeaders {
  readonly #byOrigin = new Map<string, Headers>();

  constructor(server: FastifyInstance) {
    server.addHook('onRequest', ({ method, routeOptions, headers }, reply, done) => {
      const origin = headers.origin ?? '';
      if (method !== 'OPTIONS' && routeOptions.url === '/graphql' && !this.#byOrigin.has(origin) && this.#byOrigin.size < MAX_ORIGINS) {
        const common = Object.entries(reply.getHeaders()).filter(([name]) => !OWN.includes(name));
        this.#byOrigin.set(origin, common.flatMap(([name, value]) => [name, String(value)]));
      }
      done();
    });
  }

  /** Null where nobody has asked from there yet. */
  of(origin: string | undefined): Headers | null {
    return this.#byOrigin.get(origin ?? '') ?? null;
  }
}
