import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import type { KeyValueCache } from '@apollo/utils.keyvaluecache';
import proxyAddr from '@fastify/proxy-addr';
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { answerHttp, type AnyHttpReply } from '../cache/http/index.js';
import type { Config } from '../config.js';
import { varyOn } from '../lib/vary.js';
import { createApollo, searchOf } from './apollo.js';
import { identifyArrivals, type ArrivalOptions } from './arrival.js';
import { FastPath, type Begun, type FastPathOptions } from './fast-path.js';
import { admitRequest } from './limits/admit-request.js';
import { giveUpAfter } from './limits/give-up-after.js';
import { OperationCosts } from './limits/operation-cost.js';
import { NO_PERSISTED_OPERATIONS, type PersistedOperations } from './persisted-operations.js';
import type { Playground } from './playground.js';
import { HttpRefusal, jsonParser } from './read-json.js';
import { createFront, VARY, type Responses } from './response-front.js';

export interface GraphqlOptions<Context extends BaseContext> extends ArrivalOptions<Context> {
  readonly config: Config;
  readonly schema: GraphQLSchema;
  /** Apollo's own cache, of persisted queries. */
  readonly apolloCache: KeyValueCache;
  readonly persisted?: PersistedOperations;
  /** Largest page that a list gives; none: as large as asked for. */
  readonly maxPageSize?: number;
  readonly plugins: readonly ApolloServerPlugin<Context>[];
  /** Answers queries in the place of Apollo's execution, and those that are known to be valid in the place of Apollo. */
  readonly responses?: Responses<Context>;
}

/** Every method that has a meaning here or elsewhere: those that have none here are refused by name. */
const OTHER_METHODS = ['PUT', 'PATCH', 'DELETE'];

/** What stands around GraphQL in this server. */
export interface Surroundings extends Pick<FastPathOptions<BaseContext>, 'headersFor' | 'onAnswer'> {
  readonly playground: Playground | null;
}

/** Answers a request, or has the framework answer it. */
export type Intercept = (request: IncomingMessage, response: ServerResponse, framework: RequestListener) => void;

/**
 * GraphQL over HTTP at /graphql; a browser that asks for a page gets the playground.
 *
 * @returns what may answer before the framework does; null where nothing may.
 */
export async function serveGraphql<Context extends BaseContext>(
  server: FastifyInstance,
  options: GraphqlOptions<Context>,
  { playground, ...surroundings }: Surroundings,
): Promise<Intercept | null> {
  const { config, persisted = NO_PERSISTED_OPERATIONS } = options;
  const costs = new OperationCosts(options.maxPageSize ?? Infinity);
  const front = options.responses === undefined ? null : createFront({ ...options, responses: options.responses, costs });
  const apollo = createApollo({ ...options, costs }, front);
  await apollo.start();
  // After the last answer has been sent.
  server.addHook('onClose', () => apollo.stop());

  const createContext = identifyArrivals(options);
  const admission = { batch: config.limits.batch, jsonDepth: config.limits.jsonDepth, persisted };
  const begunOf = new WeakMap<IncomingMessage, Begun<Context>>();
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    preParsing: (request, _, payload) => {
      const { body = null } = begunOf.get(request.raw) ?? {};
      return Promise.resolve(body === null ? payload : (Readable.from([body]) as RequestPayload));
    },
    async handler(request: FastifyRequest, reply: FastifyReply) {
      // On every answer, also on refusals.
      void reply.header('vary', varyOn(reply.getHeader('vary') as string | undefined, VARY.join()));
      if (playground?.isAskedFor(request) === true) return playground.send(request, reply);
      const begun = begunOf.get(request.raw);
      if (begun !== undefined && begun.failure !== null) throw begun.failure;
      const operations = admitRequest(request, admission);
      const sent = { method: request.method, headers: request.headers, search: searchOf(request.url), body: request.body };
      const entry = { http: begun?.context ? null : (front?.http ?? null), server: apollo };
      const { status, headers, body } = await giveUpAfter(config.limits.requestTimeout, (isGivenUp): Promise<AnyHttpReply> => {
        const { id, headers, ip } = request;
        // Who asks too often is told so, whatever it asks.
        const context = Promise.resolve(begun?.context ?? createContext({ id, headers, ip, operations, isGivenUp }));
        // Apollo refuses some requests without asking for it.
        context.catch(() => undefined);
        return answerHttp(entry, sent, () => context);
      }, begun?.since);
      if (!Buffer.isBuffer(body) && typeof body !== 'string') throw new Error('an answer in parts, which no operation can ask for');
      const varies = varyOn(reply.getHeader('vary') as string | undefined, headers['vary']);
      // Where nobody has said otherwise, no cache may keep it: no write would reach it there.
      return reply.code(status).headers({ 'cache-control': 'no-store', ...headers, ...(varies !== undefined && { vary: varies }) }).send(body);
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
  if (front === null) return null;
  const path = new FastPath<Context>({
    ...surroundings,
    http: front.http,
    admission,
    createContext,
    bodyLimit: config.http.bodyLimit,
    requestTimeout: config.limits.requestTimeout,
    bodiesBytes: config.limits.documentBytes / 8,
    ipOf: addressesBehind(config.http),
    parse: jsonParser(server),
  });
  server.addHook('preClose', (done) => {
    path.close();
    done();
  });
  return (request, response, framework) => {
    if (!path.takes(request)) return framework(request, response);
    path.handle(request, response, (begun) => {
      begunOf.set(request, begun);
      framework(request, response);
    });
  };
}

/** The same as the framework finds out. */
function addressesBehind({ trustProxy }: Config['http']): (request: IncomingMessage) => string {
  if (trustProxy === false) return ({ socket }) => socket.remoteAddress ?? '';
  const trusts = believed(trustProxy);
  const isTrusted = typeof trusts === 'function' ? trusts : proxyAddr.compile(trusts);
  return (request) => proxyAddr(request, isTrusted);
}

/** Which proxies' word about a client's address is taken. */
export function believed(trustProxy: number | readonly string[]): ((address: string, hop: number) => boolean) | string[] {
  return typeof trustProxy === 'number' ? (_, hop) => hop < trustProxy : [...trustProxy];
}
