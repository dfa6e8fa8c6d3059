import { ApolloServer, HeaderMap, type ApolloServerPlugin, type BaseContext, type HTTPGraphQLRequest, type HTTPGraphQLResponse } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLError, GraphQLSchema } from 'graphql';
import type { HttpReply } from '../cache/http/index.js';
import type { Config } from '../config.js';
import type { Logger } from '../lib/logger.js';
import { parseCredentials, type Credentials } from './credentials.js';
import { admitRequest } from './limits/admit-request.js';
import { clientOf } from './limits/client-address.js';
import { limitDocument } from './limits/document-limits.js';
import { giveUpAfter, type IsGivenUp } from './limits/give-up-after.js';
import { knownOperations } from './limits/known-operations.js';
import { limitCost } from './limits/limit-cost.js';
import { OperationCosts } from './limits/operation-cost.js';
import { limitRequests } from './limits/limit-requests.js';
import { NO_PERSISTED_OPERATIONS, withManifest, type PersistedOperations } from './persisted-operations.js';
import type { Playground } from './playground.js';
import { formatError, publicCode, refuseRequest, ReportedError, unavailable, type IsUnavailable } from './public-error.js';
import { HttpRefusal } from './read-json.js';
import { reportErrors } from './report-errors.js';
import { createFront, PREFLIGHTED, type Front, type Responses } from './response-front.js';

/** What the application gets to know of a request. */
export interface IncomingRequest {
  readonly id: string;
  readonly credentials: Credentials;
  /** Whom the network takes the client for; of IPv6, its network. */
  readonly client: string;
  /** Whether the request has taken too long and been answered: what it has not committed yet, it must not commit. */
  readonly isGivenUp: IsGivenUp;
  /** Writes the request id with every line. */
  readonly logger: Logger;
}

export interface GraphqlOptions<Context extends BaseContext> {
  readonly config: Config;
  readonly logger: Logger;
  readonly schema: GraphQLSchema;
  /** Apollo's own cache, of persisted queries. */
  readonly apolloCache: KeyValueCache;
  readonly persisted?: PersistedOperations;
  /** Largest page that a list gives; none: as large as asked for. */
  readonly maxPageSize?: number;
  readonly plugins: readonly ApolloServerPlugin<Context>[];
  /** Answers queries in the place of Apollo's execution, and those that are known to be valid in the place of Apollo. */
  readonly responses?: Responses<Context>;
  /** Verifies the credentials. What it throws is the answer to the whole request. */
  readonly context: (request: IncomingRequest) => Promise<Context>;
  /** Whose requests are counted together; null for who is not signed in: these are counted by their client. */
  readonly viewerOf?: (context: Context) => string | null;
  readonly isUnavailable?: IsUnavailable;
}

/** Every method that has a meaning here or elsewhere: those that have none here are refused by name. */
const OTHER_METHODS = ['PUT', 'PATCH', 'DELETE'];

/** GraphQL over HTTP at /graphql; a browser that asks for a page gets the playground. */
export async function serveGraphql<Context extends BaseContext>(
  server: FastifyInstance,
  options: GraphqlOptions<Context>,
  playground: Playground | null,
): Promise<void> {
  const { config, persisted = NO_PERSISTED_OPERATIONS } = options;
  const costs = new OperationCosts(options.maxPageSize ?? Infinity);
  const front = options.responses === undefined ? null : createFront({ ...options, responses: options.responses, costs });
  const apollo = createApollo({ ...options, costs }, front);
  await apollo.start();
  // After the last answer has been sent.
  server.addHook('onClose', () => apollo.stop());

  const createContext = contextOf(options);
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    async handler(request: FastifyRequest, reply: FastifyReply) {
      if (playground?.isAskedFor(request) === true) return playground.send(request, reply);
      const operations = admitRequest(request, { batch: config.limits.batch, persisted });
      const sent = { method: request.method, headers: request.headers, search: searchOf(request.url), body: request.body };
      const question = front?.http.questionOf(sent) ?? null;
      const answered = await giveUpAfter(config.limits.requestTimeout, async (isGivenUp): Promise<HttpReply | HTTPGraphQLResponse> => {
        const context = createContext({ request, operations, isGivenUp });
        if (front !== null && question !== null) {
          // Who may not ask is told so by Apollo, like everybody else.
          const asked = await context.catch(() => null);
          const reply = asked === null ? null : await front.http.answer(sent, question, asked);
          if (reply !== null) return reply;
        }
        return apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest: toApollo(request), context: () => context });
      });
      if (Buffer.isBuffer(answered.body) || typeof answered.body === 'string') {
        return reply.code(answered.status ?? 200).headers(answered.headers as HttpReply['headers']).send(answered.body);
      }
      const { status = 200, headers, body } = answered as HTTPGraphQLResponse;
      if (body.kind === 'chunked') throw new Error('an answer in parts, which no operation can ask for');
      const told = Object.fromEntries(headers);
      return reply.code(status).headers({ 'cache-control': 'no-store', ...told }).send(body.string);
    },
  });
  server.route({
    method: OTHER_METHODS,
    url: '/graphql',
    handler: (_, reply) => {
      void reply.header('allow', 'GET, POST');
      throw new HttpRefusal(405, 'METHOD_NOT_ALLOWED', 'GraphQL is asked by POST or GET.');
    },
  });
}

function createApollo<Context extends BaseContext>(options: GraphqlOptions<Context> & { readonly costs: OperationCosts }, front: Front<Context> | null): ApolloServer<Context> {
  const { config, logger, costs, persisted = NO_PERSISTED_OPERATIONS } = options;
  return new ApolloServer<Context>({
    schema: options.schema,
    cache: options.apolloCache,
    persistedQueries: { cache: withManifest(persisted, options.apolloCache) },
    logger: apolloLogger(logger),
    introspection: config.introspection,
    hideSchemaDetailsFromClientErrors: !config.introspection,
    nodeEnv: config.environment,
    csrfPrevention: { requestHeaders: PREFLIGHTED },
    allowBatchedHttpRequests: config.limits.batch > 0,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: config.limits.tokens },
    validationRules: [knownOperations, limitDocument(config.limits)],
    formatError: formatError(options.isUnavailable ?? (() => false)),
    // Apollo's landing page loads from elsewhere, and its caching headers would let browsers keep what a write has overtaken.
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      reportErrors(logger),
      // Before all that may answer from a cache.
      limitCost({ max: config.limits.cost, costs }),
      ...(front === null ? [] : [front.plugin]),
      ...options.plugins,
    ],
  });
}

function toApollo(request: FastifyRequest): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return { method: request.method, headers, search: searchOf(request.url), body: request.body };
}

function searchOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}

interface Arrival {
  readonly request: FastifyRequest;
  readonly operations: number;
  readonly isGivenUp: IsGivenUp;
}

/** Finds out who asks, and whether that viewer has asked too often. */
function contextOf<Context extends BaseContext>(options: GraphqlOptions<Context>) {
  const isUnavailable = options.isUnavailable ?? (() => false);
  const limiter = limitRequests(options.config.limits.requestsPerMinute);
  return async ({ request, operations, isGivenUp }: Arrival): Promise<Context> => {
    const client = clientOf(request.ip);
    try {
      const context = await options.context(incoming(request, client, isGivenUp)).catch(async (error: unknown) => {
        // Whoever tries out tokens and names is counted, too.
        await limiter.take(`client ${client}`, operations);
        throw error;
      });
      const viewer = options.viewerOf?.(context) ?? null;
      await limiter.take(viewer === null ? `client ${client}` : `viewer ${viewer}`, operations);
      return context;
    } catch (error) {
      const shown = isUnavailable(error) ? unavailable() : error;
      const code = publicCode(shown);
      if (code !== null) throw refuseRequest(shown as GraphQLError, code);
      request.log.error({ err: error }, 'the request could not be prepared');
      throw new ReportedError(request.id);
    }
  };
}

/** @throws LarderError for headers that cannot be right. */
function incoming(request: FastifyRequest, client: string, isGivenUp: IsGivenUp): IncomingRequest {
  return {
    id: request.id,
    credentials: parseCredentials(request.headers),
    client,
    isGivenUp,
    logger: request.log as FastifyRequest['log'] & Logger,
  };
}

function apolloLogger(logger: Logger): { [Level in 'debug' | 'info' | 'warn' | 'error']: (message?: unknown) => void } {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message?: unknown) => {
    logger[level]({ from: 'apollo' }, String(message));
  };
  return { debug: at('debug'), info: at('debug'), warn: at('warn'), error: at('error') };
}
