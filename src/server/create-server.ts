import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import type { BaseContext } from '@apollo/server';
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyReply } from 'fastify';
import type { Logger as PinoLogger } from 'pino';
import type { Registry } from 'prom-client';
import { tellBrowsers } from './browser-rules.js';
import { Connections } from './connections.js';
import { OriginHeaders } from './origin-headers.js';
import { believed, serveGraphql, type GraphqlOptions, type Intercept } from './graphql-endpoint.js';
import { serveHealth, type Readiness } from './health.js';
import type { Operation } from './operations.js';
import { measureRequests, serveMetrics } from './metrics.js';
import { createPlayground } from './playground.js';
import { readJson } from './read-json.js';
import { refusalBody, refuseInGraphqlShape } from './refuse.js';
import { refuseConnection, refuseExpectation } from './refuse-connection.js';
import { requestId } from './request-id.js';
import { logRequests } from './request-log.js';

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
  /** Keeps answering, and closes each connection after its next answer. */
  retire?(): void;
  close(): Promise<unknown>;
}

/** How long a client may take to send a request: slower ones are cut off, so that they cannot hold connections for ever. */
const REQUEST_TIMEOUT = 30_000;

/**
 * The server, not yet listening: the steps of a request, in their order. `close` accepts no new connection, answers what comes on
 * those that are open, then stops Apollo.
 */
export async function createServer<Context extends BaseContext>(options: ServerOptions<Context>): Promise<FastifyInstance & Required<Host>> {
  const { config } = options;
  const { trustProxy } = config.http;
  const loggerInstance: FastifyBaseLogger = options.logger;
  let intercept: Intercept | null = null;
  let connections: Connections | null = null;
  const server = Fastify({
    loggerInstance,
    serverFactory: (framework, how) =>
      listening(how, (request, response) => {
        connections?.note(request.socket, response);
        if (intercept === null) framework(request, response);
        else intercept(request, response, framework);
      }),
    // While the server closes, each answer ends its connection and no new one is accepted: remaining requests are answered.
    return503OnClosing: false,
    genReqId: requestId,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: config.http.bodyLimit,
    requestTimeout: REQUEST_TIMEOUT,
    trustProxy: trustProxy !== false && believed(trustProxy),
    clientErrorHandler: refuseConnection,
    // An address that cannot be decoded is refused like any other request.
    frameworkErrors: (_, __, reply: FastifyReply) => {
      void reply.code(400).send(refusalBody('BAD_REQUEST', 'The address cannot be decoded.'));
    },
  });
  server.server.on('checkExpectation', refuseExpectation);
  const open = (connections = new Connections(server.server));
  nameRequests(server);
  const log = logRequests(server, { logger: options.logger.child({}, { redact: [] }), share: config.log.requestShare });
  const measure = options.metrics ? measureRequests(server, options.metrics) : () => undefined;
  readJson(server);
  await tellBrowsers(server, config.http);
  const common = new OriginHeaders(server);
  refuseInGraphqlShape(server);
  serveHealth(server, options.ready);
  if (options.metrics) serveMetrics(server, { registry: options.metrics, token: config.metrics?.token ?? null });
  // Credentials are read, and verified by the application, as the first thing that GraphQL does with a request.
  intercept = await serveGraphql(server, options, {
    playground: config.graphiql ? createPlayground(options.operations) : null,
    headersFor: (origin) => common.of(origin),
    onAnswer: (answered) => {
      measure(answered);
      log(answered);
    },
  });
  endConnections(server, open);
  return server.decorate('retire', () => open.retire()) as FastifyInstance & Required<Host>;
}

function endConnections(server: FastifyInstance, connections: Connections): void {
  let stop = (): void => undefined;
  server.addHook('preClose', (done) => {
    stop = connections.endIdle();
    connections.whenQuiet(done);
  });
  server.addHook('onClose', (_, done) => {
    stop();
    done();
  });
}

function nameRequests(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    // For those further in that see only the headers.
    request.headers['x-request-id'] = request.id;
    void reply.header('x-request-id', request.id);
    done();
  });
}

/** As the framework makes it. */
function listening({ keepAliveTimeout, requestTimeout, connectionTimeout }: HowToListen, listener: RequestListener): Server {
  const server = createHttpServer({ keepAliveTimeout, requestTimeout }, listener);
  return server.setTimeout(connectionTimeout);
}

interface HowToListen {
  readonly keepAliveTimeout?: number;
  readonly requestTimeout?: number;
  readonly connectionTimeout?: number;
}
