import type { ApolloServer, BaseContext } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import { ALWAYS_VARIED, formatted, type OperationPlan, type ResponseCache, type ResponseCachePlugin, type ValidListener } from '../graphql/index.js';
import { answerHttp, type AnyHttpReply } from './answer-http.js';
import { schemaOf } from './apollo-internals.js';
import { HttpCache, type HttpRequest } from './http-cache.js';

export interface HttpHandlerOptions<Context extends BaseContext, Source = unknown> {
  /** Started, with the plugin among its plugins. */
  readonly server: ApolloServer<Context>;
  readonly plugin: ResponseCachePlugin<Context, Source>;
  /** Headers that no form and no link can send: a GET that is to be answered here has one of them. Default: Apollo Server's. */
  readonly preflighted?: readonly string[];
  /**
   * Whether a query may be answered with these variables, beyond being valid: for what other plugins of the server check in
   * `didResolveOperation`, since known queries do not pass them. What is refused is left to Apollo.
   */
  readonly admits?: (plan: OperationPlan, variables: Readonly<Record<string, unknown>>) => boolean;
}

/** Answers one request. The context is made once, and only if it is needed. */
export type HttpHandler<Context> = (request: HttpRequest, makeContext: () => Promise<Context>) => Promise<AnyHttpReply>;

/** As in `csrfPrevention` of Apollo Server. */
const PREFLIGHTED = ['x-apollo-operation-name', 'apollo-require-preflight'];
/** By which most servers find out who asks: named where nobody has said, since too many only cost hits of other caches. */
const USUAL = ['Accept-Language', 'Authorization', 'Cookie'];

/**
 * In front of an Apollo Server, in any framework: queries that it has found valid once are answered without being parsed, and
 * where everything is stored from joined bytes, with `ETag`, `Age`, `Cache-Control` and `Cache-Status`.
 */
export function httpHandler<Context extends BaseContext, Source = unknown>(options: HttpHandlerOptions<Context, Source>): HttpHandler<Context> {
  const { server, plugin } = options;
  // A server may replace its schema, and with it all that is known of queries.
  const bySchema = new WeakMap<GraphQLSchema, HttpCache<Context, Source>>();
  const httpOf = (schema: GraphQLSchema): HttpCache<Context, Source> | null => {
    const known = bySchema.get(schema);
    if (known !== undefined) return known;
    const responses = plugin.responsesOf(schema);
    const http = responses === null ? null : createHttpCache(options, responses);
    if (http !== null) bySchema.set(schema, http);
    return http;
  };
  const onValid: ValidListener = ({ plan, schema, source, operationName, hash }) => httpOf(schema)?.queries.remember({ plan, source }, { operationName, hash });
  return (request, makeContext) => {
    // Before anything of the request is read (F1).
    const began = plugin.core.begin();
    const header = request.headers['larder-after'];
    const after = header === undefined ? null : typeof header === 'string' ? header : header.join(', ');
    const schema = schemaOf(server);
    const http = schema === null ? null : httpOf(schema);
    return answerHttp({ http, server }, request, async () => plugin.attach(await makeContext(), { request: began, after, onValid }));
  };
}

function createHttpCache<Context extends BaseContext, Source>({ plugin, preflighted = PREFLIGHTED, admits }: HttpHandlerOptions<Context, Source>, responses: ResponseCache<Context, Source>): HttpCache<Context, Source> {
  const { formatError, explains, onErrors, onAnswer, downstream = 'revalidate', cacheTagBytes = 0, vary = USUAL } = plugin.options;
  return new HttpCache<Context, Source>({
    responses,
    now: () => plugin.core.ledger.now(),
    downstream,
    cacheTagBytes,
    vary: [...ALWAYS_VARIED, ...vary],
    preflighted: preflighted.map((name) => name.toLowerCase()),
    formatError: (error) => formatted(error, formatError),
    ...(admits === undefined ? {} : { admits }),
    // An explanation is Apollo's to give: it has room for extensions.
    ...(explains === undefined ? {} : { leaves: explains }),
    ...(onErrors === undefined ? {} : { onErrors: (errors, { context }) => onErrors(errors, context) }),
    ...(onAnswer === undefined ? {} : { onAnswer }),
  });
}
