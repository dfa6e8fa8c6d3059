import type { BaseContext } from '@apollo/server';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Logger as PinoLogger } from 'pino';
import type { Registry } from 'prom-client';
import { tellBrowsers } from './browser-rules.js';
import { serveGraphql, type GraphqlOptions } from './graphql-endpoint.js';
import { serveHealth, type Readiness } from './health.js';
import type { Operation } from './operations.js';
import { serveMetrics } from './metrics.js';
import { createPlayground } from './playground.js';
import { readJson } from './read-json.js';
import { refusalBody, refuseInGraphqlShape } from './refuse.js';
import { refuseConnection, refuseExpectation } from './refuse-connection.js';
import { requestId } from './request-id.js';

export interface ServerOptions<Context extends BaseContext> extends GraphqlOptions<Context> {
  readonly logger: PinoLogger;
  readonly ready: () => Promise<Readiness>;
  /** Examples for the playground's tabs. */
  readonly operations: readonly Operation[];
  /** What there is to tell about the rest of the house; null where metrics are switched off. */
  readonly metrics?: Registry | null;
}

/** What answers HTTP. */
export interface Host {
  /** @returns where. */
  listen(where: { readonly host: string; readonly port: number }): Promise<string>;
  close(): Promise<unknown>;
}

/** How long a client may take to send a request: slower ones are cut off, so that they cannot hold connections for ever. */
const REQUEST_TIMEOUT = 30_000;

/**
 * The server, not yet listening: the steps of a request, in their order. `close` refuses what is new, finishes what is under
 * way, then stops Apollo.
 */
export async function createServer<Context extends BaseContext>(options: ServerOptions<Context>): Promise<FastifyInstance> {
  const { config } = options;
  const { trustProxy } = config.http;
  const loggerInstance: FastifyBaseLogger = options.logger;
  const server = Fastify({
    loggerInstance,
    genReqId: requestId,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.http.bodyLimit,
    requestTimeout: REQUEST_TIMEOUT,
    trustProxy: typeof trustProxy === 'number' ? (_, hop) => hop < trustProxy : trustProxy === false ? false : [...trustProxy],
    clientErrorHandler: refuseConnection,
    // An address that cannot be decoded is refused like any other request.
    frameworkErrors: (_, __, reply: FastifyReply) => {
      void reply.code(400).send(refusalBody('BAD_REQUEST', 'The address cannot be decoded.'));
    },
  });
  server.server.on('checkExpectation', refuseExpectation);
  nameRequests(server);
  logRequests(server);
  readJson(server);
  await tellBrowsers(server, config.http);
  refuseInGraphqlShape(server);
  serveHealth(server, options.ready);
  if (options.metrics) serveMetrics(server, { registry: options.metrics, token: config.metrics?.token ?? null });
  // Credentials are read, and verified by the application, as the first thing that GraphQL does with a request.
  await serveGraphql(server, options, config.graphiql ? createPlayground(options.operations) : null);
  return server;
}

function nameRequests(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    // For those further in that see only the headers.
    request.headers['x-request-id'] = request.id;
    void reply.header('x-request-id', request.id);
    done();
  });
}

/** One line per request. The query string stays out of it: whoever sends a password by GET must not find it in a log. */
function logRequests(server: FastifyInstance): void {
  server.addHook('onResponse', (request, reply, done) => {
    const level = request.url.startsWith('/health/') ? 'debug' : 'info';
    const path = request.url.split('?', 1)[0];
    request.log[level](
      { method: request.method, path, status: reply.statusCode, ms: Math.round(reply.elapsedTime * 10) / 10 },
      'request',
    );
    done();
  });
}
