import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { ApolloServer } from '@apollo/server';
import { collectDefaultMetrics } from 'prom-client';
import { createApp } from '../../../dist/app.js';
import { answerHttp } from '../../../dist/cache/http/index.js';
import type { Context } from '../../../dist/graphql/context.js';
import { createApollo, searchOf } from '../../../dist/server/apollo.js';
import { identifyArrivals, type Arrival } from '../../../dist/server/arrival.js';
import type { Host, ServerOptions } from '../../../dist/server/create-server.js';
import { FastPath, type Begun } from '../../../dist/server/fast-path.js';
import { giveUpAfter } from '../../../dist/server/limits/give-up-after.js';
import { OperationCosts } from '../../../dist/server/limits/operation-cost.js';
import { requestDurations } from '../../../dist/server/metrics.js';
import { NO_PERSISTED_OPERATIONS } from '../../../dist/server/persisted-operations.js';
import { requestId } from '../../../dist/server/request-id.js';
import { createFront } from '../../../dist/server/response-front.js';
import { LarderAccess } from '../domain/larder-access.js';
import { measuredSchema } from '../domain/schema.js';
import { larderConfig } from './larder-config.js';
import { closeServer, listen } from './listen.js';
import { SECURITY_HEADERS } from './security-headers.js';
import type { StartServer } from './server-protocol.js';

/** Larder without Fastify, as a team with a node:http server of its own would have it: everything around it is the same. */
export const startLarderHttp: StartServer = async (args, onQuery) => {
  const app = await createApp(larderConfig(args), {
    onQuery,
    schema: measuredSchema((context: Context) => new LarderAccess(context)),
    host: hostOnHttp,
  });
  const { url } = await app.listen();
  return { port: Number(new URL(url).port), close: () => app.close() };
};

async function hostOnHttp(options: ServerOptions<Context>): Promise<Host> {
  const { config } = options;
  const costs = new OperationCosts(options.maxPageSize ?? Infinity);
  if (options.responses === undefined) throw new Error('nothing is to be measured without responses');
  const front = createFront({ ...options, responses: options.responses, costs });
  const apollo = createApollo({ ...options, costs }, front);
  await apollo.start();
  if (options.metrics) collectDefaultMetrics({ register: options.metrics });
  const measure = options.metrics ? requestDurations(options.metrics) : () => undefined;
  const createContext = identifyArrivals(options);
  const path = new FastPath<Context>({
    http: front.http,
    admission: { batch: config.limits.batch, jsonDepth: config.limits.jsonDepth, persisted: NO_PERSISTED_OPERATIONS },
    bodyLimit: config.http.bodyLimit,
    requestTimeout: config.limits.requestTimeout,
    createContext,
    ipOf: ({ socket }) => socket.remoteAddress ?? '',
    bodiesBytes: config.limits.documentBytes / 8,
    parse: JSON.parse,
    headersFor: () => COMMON,
    onAnswer: measure,
  });
  const server = createServer((request, response) => {
    if (!path.takes(request)) return void response.writeHead(404).end();
    path.handle(request, response, (begun) => {
      answerByApollo({ apollo, createContext, requestTimeout: config.limits.requestTimeout }, request, begun).then(
        ({ status, headers, body }) => response.writeHead(status, { ...SECURITY_HEADERS, ...headers, 'content-length': Buffer.byteLength(body) }).end(body),
        () => response.writeHead(500).end(),
      );
    });
  });
  return {
    listen: async () => `http://127.0.0.1:${await listen(server)}`,
    close: () => close(server, apollo),
  };
}

const COMMON = Object.entries(SECURITY_HEADERS).flat();

interface ByApollo {
  readonly apollo: ApolloServer<Context>;
  readonly createContext: (arrival: Arrival) => Context | Promise<Context>;
  readonly requestTimeout: number;
}

/** What was not known to be valid, or is not answered by what is stored. */
async function answerByApollo({ apollo, createContext, requestTimeout }: ByApollo, request: IncomingMessage, begun: Begun<Context>): Promise<{ status: number; headers: Readonly<Record<string, string>>; body: string }> {
  if (begun.failure !== null) throw begun.failure;
  const id = requestId(request);
  const { headers: sent, socket, method = 'POST', url = '' } = request;
  sent['x-request-id'] = id;
  const parsed: unknown = begun.body === null ? undefined : JSON.parse(begun.body.toString());
  const answered = await giveUpAfter(requestTimeout, (isGivenUp) => {
    const context = Promise.resolve(begun.context ?? createContext({ id, headers: sent, ip: socket.remoteAddress ?? '', operations: 1, isGivenUp }));
    return answerHttp({ http: null, server: apollo }, { method, headers: sent, search: searchOf(url), body: parsed }, () => context);
  });
  const { status, headers, body } = answered;
  return { status, headers: { 'x-request-id': id, 'cache-control': 'no-store', ...headers }, body: typeof body === 'string' ? body : '' };
}

async function close(server: Server, apollo: ApolloServer<Context>): Promise<void> {
  await closeServer(server);
  await apollo.stop();
}
