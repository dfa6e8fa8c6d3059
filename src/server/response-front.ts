import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { ALWAYS_VARIED, apolloPlugin, formatted, httpPolicy, type AnsweredPiece, type Question, type ResponseCache } from '../cache/graphql/index.js';
import { HttpCache } from '../cache/http/index.js';
import type { GraphqlOptions } from './graphql-endpoint.js';
import type { OperationCosts } from './limits/operation-cost.js';
import { formatError } from './public-error.js';
import { logErrors, named } from './report-errors.js';

/** Headers that no form and no plain link can send: a GET with one of them comes from a program that was allowed to. */
export const PREFLIGHTED = ['Authorization', 'X-Tenant', 'Larder-After', 'X-Apollo-Operation-Name', 'Apollo-Require-Preflight'];

/** Request headers that answers depend on: viewer, tenant, language, and whether the answer contains an explanation. */
export const VARY = [...ALWAYS_VARIED, 'Accept-Language', 'Authorization', 'Larder-Explain', 'X-Tenant'];

/** The response cache, as the server uses it. */
export interface Responses<Context> {
  readonly cache: ResponseCache<Context, never>;
  /** Milliseconds, on the clock of the cache. */
  readonly now: () => number;
  /** Whether the answer is to tell how it came about. */
  readonly explains: (context: Context) => boolean;
  readonly onAnswer: (question: Question<Context>, pieces: readonly AnsweredPiece[]) => void;
}

/** What answers before Apollo does, and what inside Apollo tells it which queries are valid. */
export interface Front<Context extends BaseContext> {
  readonly http: HttpCache<Context, never>;
  readonly plugin: ApolloServerPlugin<Context>;
}

export interface FrontOptions<Context extends BaseContext> extends GraphqlOptions<Context> {
  readonly responses: Responses<Context>;
  readonly costs: OperationCosts;
}

export function createFront<Context extends BaseContext>(options: FrontOptions<Context>): Front<Context> {
  const { config, logger, schema, responses, costs } = options;
  const { cache, now, explains, onAnswer } = responses;
  const shown = formatError(options.isUnavailable ?? (() => false));
  const idOf = (headers: Readonly<Record<string, unknown>>): string | undefined => headers['x-request-id'] as string | undefined;
  const http = new HttpCache<Context, never>({
    responses: cache,
    documentBytes: (config.limits.documentBytes * 3) / 8,
    now,
    downstream: config.http.downstreamCache,
    cacheTagBytes: config.http.cacheTagBytes,
    vary: VARY,
    preflighted: PREFLIGHTED.map((name) => name.toLowerCase()),
    // An explanation is Apollo's to give: it has room for extensions.
    leaves: explains,
    admits: ({ document, operation }, variables) => costs.of({ schema, document, operation }, variables) <= config.limits.cost,
    formatError: (error, { headers }) => named(formatted(error, shown), idOf(headers)),
    onErrors: (errors, { plan }, { headers }) => {
      logErrors(logger, errors, { operation: plan.operation.name?.value, requestId: idOf(headers) });
    },
    onAnswer,
  });
  const plugin = apolloPlugin<Context, never>(cache, {
    formatError: shown,
    explains,
    onAnswer,
    describe: (pieces) => [['cache-status', httpPolicy(pieces, now(), { downstream: 'revalidate' }).cacheStatus]],
    onErrors: (errors, { operationName, request }) => {
      logErrors(logger, errors, { operation: operationName, requestId: request.http?.headers.get('x-request-id') });
    },
    onValid: (plan, { source, request, queryHash }) => {
      const isPersisted = request.extensions?.['persistedQuery'] !== undefined;
      if (source === undefined) return;
      http.queries.remember({ plan, source }, { operationName: request.operationName ?? null, hash: isPersisted ? (queryHash ?? null) : null });
    },
  });
  return { http, plugin };
}
