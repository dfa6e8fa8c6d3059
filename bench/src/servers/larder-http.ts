import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { collectDefaultMetrics, Histogram, type Registry } from 'prom-client';
import { createApp } from '../../../dist/app.js';
import type { Context } from '../../../dist/graphql/context.js';
import type { Host, ServerOptions } from '../../../dist/server/create-server.js';
import { parseCredentials } from '../../../dist/server/credentials.js';
import { admitRequest } from '../../../dist/server/limits/admit-request.js';
import { clientOf } from '../../../dist/server/limits/client-address.js';
import { limitDocument } from '../../../dist/server/limits/document-limits.js';
import { giveUpAfter, type IsGivenUp } from '../../../dist/server/limits/give-up-after.js';
import { knownOperations } from '../../../dist/server/limits/known-operations.js';
import { limitCost } from '../../../dist/server/limits/limit-cost.js';
import { OperationCosts } from '../../../dist/server/limits/operation-cost.js';
import { limitRequests } from '../../../dist/server/limits/limit-requests.js';
import { NO_PERSISTED_OPERATIONS } from '../../../dist/server/persisted-operations.js';
import { formatError } from '../../../dist/server/public-error.js';
import { reportErrors } from '../../../dist/server/report-errors.js';
import { requestId } from '../../../dist/server/request-id.js';
import { createFront, type Front } from '../../../dist/server/response-front.js';
import type { HttpReply } from '../../../dist/cache/http/index.js';
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
  const costs = new OperationCosts(options.maxPageSize ?? Infinity);
  const front = options.responses === undefined ? null : createFront({ ...options, responses: options.responses, costs });
  const apollo = createApollo(options, front, costs);
  await apollo.start();
  const server = createServer(listener(options, apollo, front));
  return {
    listen: async () => `http://127.0.0.1:${await listen(server)}`,
    close: () => close(server, apollo),
  };
}

async function close(server: Server, apollo: ApolloServer<Context>): Promise<void> {
  await closeServer(server);
  await apollo.stop();
}

function createApollo({ config, logger, schema, apolloCache, plugins, isUnavailable = () => false }: ServerOptions<Context>, front: Front<Context> | null, costs: OperationCosts): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    cache: apolloCache,
    nodeEnv: config.environment,
    introspection: config.introspection,
    hideSchemaDetailsFromClientErrors: !config.introspection,
    csrfPrevention: { requestHeaders: ['Authorization', 'X-Tenant', 'Larder-After'] },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: config.limits.tokens },
    validationRules: [knownOperations, limitDocument(config.limits)],
    formatError: formatError(isUnavailable),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      reportErrors(logger),
      limitCost({ max: config.limits.cost, costs }),
      ...(front === null ? [] : [front.plugin]),
      ...plugins,
    ],
  });
}

function listener(options: ServerOptions<Context>, apollo: ApolloServer<Context>, front: Front<Context> | null): (request: IncomingMessage, response: ServerResponse) => void {
  const { config, logger } = options;
  const durations = options.metrics ? measureDurations(options.metrics) : null;
  const createContext = contextOf(options);

  async function answer(request: IncomingMessage, response: ServerResponse, bytes: Buffer): Promise<void> {
    const began = performance.now();
    const id = requestId(request);
    request.headers['x-request-id'] = id;
    const body: unknown = JSON.parse(bytes.toString());
    const { method = 'POST', url = '/graphql' } = request;
    admitRequest({ method, url, body }, { batch: config.limits.batch, persisted: NO_PERSISTED_OPERATIONS });
    const sent = { method, headers: request.headers, search: '', body };
    const question = front?.http.questionOf(sent) ?? null;
    const reply = await giveUpAfter(config.limits.requestTimeout, async (isGivenUp): Promise<HttpReply> => {
      const context = createContext(request, isGivenUp);
      if (front !== null && question !== null) {
        const asked = await context.catch(() => null);
        const answered = asked === null ? null : await front.http.answer(sent, question, asked);
        if (answered !== null) return answered;
      }
      const { status = 200, headers, body: text } = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method, headers: headersOf(request), search: '', body },
        context: () => context,
      });
      return { status, headers: { 'cache-control': 'no-store', ...Object.fromEntries(headers) }, body: text.kind === 'complete' ? text.string : '' };
    });
    const headers = { ...SECURITY_HEADERS, 'x-request-id': id, ...reply.headers };
    response.writeHead(reply.status, { ...headers, 'content-length': Buffer.byteLength(reply.body) }).end(reply.body);
    const milliseconds = performance.now() - began;
    durations?.observe({ method, route: '/graphql', status: response.statusCode }, milliseconds / 1_000);
    logger.info({ reqId: id, method, path: '/graphql', status: response.statusCode, ms: Math.round(milliseconds * 10) / 10 }, 'request');
  }

  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request, response, chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).catch((error: unknown) => {
        logger.error({ err: error }, 'the request failed');
        response.writeHead(500).end();
      });
    });
  };
}

function contextOf({ config, logger, context, viewerOf = () => null }: ServerOptions<Context>) {
  const limiter = limitRequests(config.limits.requestsPerMinute);
  return async (request: IncomingMessage, isGivenUp: IsGivenUp): Promise<Context> => {
    const client = clientOf(request.socket.remoteAddress ?? '');
    const id = request.headers['x-request-id'] as string;
    const found = await context({ id, credentials: parseCredentials(request.headers), client, isGivenUp, logger });
    const viewer = viewerOf(found);
    await limiter.take(viewer === null ? `client ${client}` : `viewer ${viewer}`);
    return found;
  };
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

function measureDurations(registry: Registry): Histogram {
  collectDefaultMetrics({ register: registry });
  return new Histogram({ name: 'duration_seconds', help: 'Time of a request.', labelNames: ['method', 'route', 'status'], registers: [registry] });
}
