import 'reflect-metadata';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import { KeyvAdapter } from '@apollo/utils.keyvadapter';
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { cacheFields } from '../../../dist/cache/graphql/index.js';
import { createContextFactory } from '../../../dist/context-factory.js';
import { openDatabase } from '../../../dist/database/database.js';
import { authorizeFields } from '../../../dist/graphql/authorize.js';
import { MAX_PAGE_SIZE } from '../../../dist/graphql/connection.js';
import type { Context, ReadDb } from '../../../dist/graphql/context.js';
import { systemClock } from '../../../dist/lib/clock.js';
import { openCache } from '../../../dist/open-cache.js';
import { announceWrites } from '../../../dist/server/announce-writes.js';
import { parseCredentials } from '../../../dist/server/credentials.js';
import { admitRequest } from '../../../dist/server/limits/admit-request.js';
import { clientOf } from '../../../dist/server/limits/client-address.js';
import { limitDocument } from '../../../dist/server/limits/document-limits.js';
import { giveUpAfter, type IsGivenUp } from '../../../dist/server/limits/give-up-after.js';
import { knownOperations } from '../../../dist/server/limits/known-operations.js';
import { limitCost } from '../../../dist/server/limits/limit-cost.js';
import { limitRequests } from '../../../dist/server/limits/limit-requests.js';
import { createLogger } from '../../../dist/server/logger.js';
import { NO_PERSISTED_OPERATIONS } from '../../../dist/server/persisted-operations.js';
import { formatError } from '../../../dist/server/public-error.js';
import { reportErrors } from '../../../dist/server/report-errors.js';
import { requestId } from '../../../dist/server/request-id.js';
import { LarderAccess } from '../domain/larder-access.js';
import { measuredSchema } from '../domain/schema.js';
import { larderConfig } from './larder-config.js';
import { closeServer, listen } from './listen.js';
import { SECURITY_HEADERS } from './security-headers.js';
import type { StartServer } from './server-protocol.js';

/**
 * Larder's rooms without Fastify, as a team with a node:http server of its own would put them together: the same engine,
 * limits, authentication, metrics, log and headers.
 */
export const startLarderHttp: StartServer = async (args, onQuery) => {
  const config = larderConfig(args);
  const logger = createLogger(config.log);
  const database = await openDatabase({ url: args.databaseUrl, poolMax: config.database.poolMax, dataDir: null, logger, onQuery });
  const opened = await openCache({ config, database, clock: systemClock, logger });
  const schema = measuredSchema((context: Context) => new LarderAccess(context));
  cacheFields<Context, ReadDb>(schema, {
    readerOf: (context) => context.reader,
    contextWithin: (context, reader, of) => context.within(reader, of),
    varyBy: (context) => ({ language: context.language() }),
    viewerOf: ({ viewer }) => (viewer.kind === 'anonymous' ? null : viewer.userId),
    version: 'measured',
  });
  authorizeFields(schema);
  const apollo = new ApolloServer<Context>({
    schema,
    cache: new KeyvAdapter<string>(opened.stores.keyv as never),
    nodeEnv: 'production',
    introspection: config.introspection,
    hideSchemaDetailsFromClientErrors: true,
    csrfPrevention: { requestHeaders: ['Authorization', 'X-Tenant', 'Larder-After'] },
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: config.limits.tokens },
    validationRules: [knownOperations, limitDocument(config.limits)],
    formatError: formatError(() => false),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      reportErrors(logger),
      limitCost({ max: config.limits.cost, maxPageSize: MAX_PAGE_SIZE }),
      announceWrites(),
    ],
  });
  await apollo.start();
  const createContext = createContextFactory({ ...opened, database, clock: systemClock, onRenewalError: () => undefined });
  const limiter = limitRequests(config.limits.requestsPerMinute);
  const durations = measureDurations();

  async function contextOf(request: IncomingMessage, isGivenUp: IsGivenUp): Promise<Context> {
    const client = clientOf(request.socket.remoteAddress ?? '');
    const id = request.headers['x-request-id'] as string;
    const context = await createContext({ id, credentials: parseCredentials(request.headers), client, isGivenUp, logger });
    await limiter.take(context.viewer.kind === 'anonymous' ? `client ${client}` : `viewer ${context.viewer.userId}`);
    return context;
  }

  async function answer(request: IncomingMessage, response: ServerResponse, bytes: Buffer): Promise<void> {
    const began = performance.now();
    const id = requestId(request);
    request.headers['x-request-id'] = id;
    const body: unknown = JSON.parse(bytes.toString());
    const { method = 'POST', url = '/graphql' } = request;
    admitRequest({ method, url, body }, { batch: config.limits.batch, persisted: NO_PERSISTED_OPERATIONS });
    const reply = await giveUpAfter(config.limits.requestTimeout, (isGivenUp) =>
      apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method, headers: headersOf(request), search: '', body },
        context: () => contextOf(request, isGivenUp),
      }),
    );
    const text = reply.body.kind === 'complete' ? reply.body.string : '';
    response.writeHead(reply.status ?? 200, {
      ...SECURITY_HEADERS,
      'x-request-id': id,
      ...Object.fromEntries(reply.headers),
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
    const milliseconds = performance.now() - began;
    durations.observe({ method, route: '/graphql', status: response.statusCode }, milliseconds / 1_000);
    logger.info({ reqId: id, method, path: '/graphql', status: response.statusCode, ms: Math.round(milliseconds * 10) / 10 }, 'request');
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request, response, chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)).catch((error: unknown) => {
        logger.error({ err: error }, 'the request failed');
        response.writeHead(500).end();
      });
    });
  });
  const port = await listen(server);
  return {
    port,
    close: async () => {
      await closeServer(server);
      await apollo.stop();
      await opened.close();
      await database.close();
    },
  };
};

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

function measureDurations(): Histogram {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return new Histogram({ name: 'duration_seconds', help: 'Time of a request.', labelNames: ['method', 'route', 'status'], registers: [registry] });
}
