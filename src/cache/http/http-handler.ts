import type { ApolloServer, BaseContext } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';
import { formatted, variedBy, type OperationPlan, type ResponseCachePlugin, type ValidListener } from '../graphql/index.js';
import { answerHttp, type AnyHttpReply } from './answer-http.js';
import { HttpCache, type HttpCacheOptions, type HttpRequest } from './http-cache.js';

export interface HttpHandlerOptions<Context extends BaseContext, Source = unknown> {
  /** Started, with the plugin among its plugins. */
  readonly server: ApolloServer<Context>;
  readonly plugin: ResponseCachePlugin<Context, Source>;
  /**
   * Whether a query may be answered with these variables, beyond being valid: for what plugins among `observers` check in
   * `didResolveOperation`, since known queries do not pass these. What is refused is left to Apollo.
   */
  readonly admits?: (plan: OperationPlan, variables: Readonly<Record<string, unknown>>) => boolean;
  /** What remembered queries may weigh in the heap, in bytes. Default 32 MiB. What Apollo keeps is its own: `documentStore`. */
  readonly documentBytes?: number;
}

/** Answers one request. The context is made once, and only if it is needed. */
export type HttpHandler<Context> = (request: HttpRequest, makeContext: () => Promise<Context>) => Promise<AnyHttpReply>;

/** Header by which a gateway requests a trace, which only Apollo writes. */
const TRACED = 'apollo-federation-include-trace';
/**
 * In front of an Apollo Server, in any framework: queries that it has found valid twice are answered without being parsed. Where
 * everything is stored, they are answered from joined bytes, with `ETag`, `Age`, `Cache-Control` and `Cache-Status`.
 */
export function httpHandler<Context extends BaseContext, Source = unknown>(options: HttpHandlerOptions<Context, Source>): HttpHandler<Context> {
  const { server, plugin } = options;
  const host = plugin.honourPluginsOf(server);
  const seeing = host.seesEveryRequest;
  const vary = variedBy(plugin.options.vary);
  if (seeing.length > 0) server.logger.info(`Every request passes through Apollo Server, known queries, too, since the following must see it: ${seeing.join(', ')}.`);
  // A server may replace its schema; known queries belong to one schema.
  const bySchema = new WeakMap<GraphQLSchema, HttpCache<Context, Source>>();
  const httpOf = (schema: GraphQLSchema): HttpCache<Context, Source> | null => {
    const known = bySchema.get(schema);
    if (known !== undefined) return known;
    const responses = plugin.responsesOf(schema);
    const http = responses === null ? null : createHttpCache(options, { responses, preflighted: host.preflighted });
    if (http !== null) bySchema.set(schema, http);
    return http;
  };
  const onValid: ValidListener = ({ plan, schema, source, operationName, hash }) => httpOf(schema)?.queries.remember({ plan, source }, { operationName, hash });
  return (request, makeContext) => {
    const header = request.headers['larder-after'];
    const after = header === undefined ? null : typeof header === 'string' ? header : header.join(', ');
    // Before anything of the request is read (F1), and after the copy covers the client's position (F3).
    const began = after === null ? plugin.core.begin() : plugin.core.beginAfter(after);
    const schema = seeing.length > 0 || request.headers[TRACED] !== undefined ? null : host.schema;
    const http = schema === null ? null : httpOf(schema);
    return answerHttp({ http, server, vary }, request, async () => {
      const request = await began;
      return plugin.attach(await makeContext(), { request, after: null, onValid: seeing.length > 0 ? undefined : onValid });
    });
  };
}

type OfServer<Context, Source> = Pick<HttpCacheOptions<Context, Source>, 'responses' | 'preflighted'>;

function createHttpCache<Context extends BaseContext, Source>({ plugin, admits, documentBytes }: HttpHandlerOptions<Context, Source>, ofServer: OfServer<Context, Source>): HttpCache<Context, Source> {
  const { formatError, explains, onErrors, onAnswer, downstream = 'revalidate', cacheTagBytes = 0, vary } = plugin.options;
  return new HttpCache<Context, Source>({
    ...ofServer,
    now: () => plugin.core.ledger.now(),
    downstream,
    cacheTagBytes,
    vary: variedBy(vary),
    formatError: (error) => formatted(error, formatError),
    ...(admits === undefined ? {} : { admits }),
    ...(documentBytes === undefined ? {} : { documentBytes }),
    // An explanation is Apollo's to give: it has room for extensions.
    ...(explains === undefined ? {} : { leaves: explains }),
    ...(onErrors === undefined ? {} : { onErrors: (errors, { context }) => onErrors(errors, context) }),
    ...(onAnswer === undefined ? {} : { onAnswer }),
  });
}
