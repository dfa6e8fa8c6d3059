import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLError, GraphQLSchema } from 'graphql';
import type { Config } from '../config.js';
import type { Logger } from '../lib/logger.js';
import { parseCredentials, type Credentials } from './credentials.js';
import type { Playground } from './playground.js';
import { formatError, publicCode, refuseRequest, ReportedError, unavailable, type IsUnavailable } from './public-error.js';
import { reportErrors } from './report-errors.js';

/** What the application gets to know of a request. */
export interface IncomingRequest {
  readonly id: string;
  readonly credentials: Credentials;
  /** Writes the request id with every line. */
  readonly logger: Logger;
}

export interface GraphqlOptions<Context extends BaseContext> {
  readonly config: Config;
  readonly logger: Logger;
  readonly schema: GraphQLSchema;
  /** Apollo's own cache, of persisted queries. */
  readonly apolloCache: KeyValueCache;
  readonly plugins: readonly ApolloServerPlugin<Context>[];
  /** Verifies the credentials. What it throws is the answer to the whole request. */
  readonly context: (request: IncomingRequest) => Promise<Context>;
  readonly isUnavailable?: IsUnavailable;
}

/** Headers that no form and no plain link can send: a GET with one of them comes from a program that was allowed to. */
const PREFLIGHTED = ['Authorization', 'X-Tenant', 'Larder-After', 'X-Apollo-Operation-Name', 'Apollo-Require-Preflight'];

/** GraphQL over HTTP at /graphql; a browser that asks for a page gets the playground. */
export async function serveGraphql<Context extends BaseContext>(
  server: FastifyInstance,
  options: GraphqlOptions<Context>,
  playground: Playground | null,
): Promise<void> {
  const { config, logger } = options;
  const isUnavailable = options.isUnavailable ?? (() => false);
  const apollo = new ApolloServer<Context>({
    schema: options.schema,
    cache: options.apolloCache,
    logger: apolloLogger(logger),
    introspection: config.introspection,
    hideSchemaDetailsFromClientErrors: !config.introspection,
    nodeEnv: config.environment,
    csrfPrevention: { requestHeaders: PREFLIGHTED },
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: formatError(isUnavailable),
    // Apollo's landing page loads from elsewhere, and its caching headers would let browsers keep what a write has overtaken.
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      reportErrors(logger),
      ...options.plugins,
    ],
  });
  await apollo.start();
  // After the last answer has been sent.
  server.addHook('onClose', () => apollo.stop());

  const answer = fastifyApolloHandler(apollo, { context: (request) => createContext(request, options, isUnavailable) });
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler(request: FastifyRequest, reply: FastifyReply) {
      if (playground?.isAskedFor(request) === true) return playground.send(request, reply);
      void reply.header('cache-control', 'no-store');
      return answer.call(server, request, reply);
    },
  });
}

async function createContext<Context extends BaseContext>(
  request: FastifyRequest,
  { context }: GraphqlOptions<Context>,
  isUnavailable: IsUnavailable,
): Promise<Context> {
  try {
    return await context({
      id: request.id,
      credentials: parseCredentials(request.headers),
      logger: request.log as FastifyRequest['log'] & Logger,
    });
  } catch (error) {
    const shown = isUnavailable(error) ? unavailable() : error;
    const code = publicCode(shown);
    if (code !== null) throw refuseRequest(shown as GraphQLError, code);
    request.log.error({ err: error }, 'the request could not be prepared');
    throw new ReportedError(request.id);
  }
}

function apolloLogger(logger: Logger): { [Level in 'debug' | 'info' | 'warn' | 'error']: (message?: unknown) => void } {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message?: unknown) => {
    logger[level]({ from: 'apollo' }, String(message));
  };
  return { debug: at('debug'), info: at('debug'), warn: at('warn'), error: at('error') };
}
