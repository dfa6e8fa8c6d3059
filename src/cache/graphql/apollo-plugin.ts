import { HeaderMap, type ApolloServerPlugin, type BaseContext, type GraphQLRequestContext } from '@apollo/server';
import type { GraphQLError } from 'graphql';
import { strictest } from '../core/policy.js';
import type { Reader } from '../core/reader.js';
import { explain } from './explain.js';
import { formatted, headOf, type FormatError } from './format-errors.js';
import type { OperationPlan } from './operation-plan.js';
import { joinPieces, type AnsweredPiece, type Question } from './answered-piece.js';
import type { ResponseCache } from './response-cache.js';

export interface ApolloPluginOptions<Context extends BaseContext> {
  /** The same as is given to Apollo Server, which formats only what it has executed itself. */
  readonly formatError?: FormatError;
  /** Called with errors of fields, once they are set on the request: Apollo calls `didEncounterErrors` only for its own. */
  readonly onErrors?: (errors: readonly GraphQLError[], request: GraphQLRequestContext<Context>) => void | Promise<void>;
  /** Whether Apollo executes an operation even if its pieces are stored. */
  readonly leaves?: (request: GraphQLRequestContext<Context>) => boolean;
  /** Whether the answer tells how it came about, in `extensions.cache`. */
  readonly explains?: (context: Context) => boolean;
  /** Told of every query that Apollo has parsed and found valid. */
  readonly onValid?: (plan: OperationPlan, request: GraphQLRequestContext<Context>) => void;
  /** Told of every answer: takes samples of it, say. */
  readonly onAnswer?: (question: Question<Context>, pieces: readonly AnsweredPiece[]) => void;
  /** What headers say of an answer that is sent by itself. */
  readonly describe?: (pieces: readonly AnsweredPiece[]) => readonly (readonly [name: string, value: string])[];
}

/** Lets Apollo Server answer queries from the response cache, after it has parsed and validated them. */
export function apolloPlugin<Context extends BaseContext, Source>(
  responses: ResponseCache<Context, Source>,
  options: ApolloPluginOptions<Context> = {},
): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        responseForOperation: async (request) => {
          const { document, operation, contextValue: context } = request;
          // Which operation of several is meant, nobody has said: execution complains. The type does not know of it.
          if ((operation as typeof operation | undefined) === undefined || options.leaves?.(request) === true) return null;
          const plan = responses.planOf(document, operation);
          if (plan === null) return null;
          options.onValid?.(plan, request);
          const question = { plan, context, variables: request.request.variables ?? {} };
          const pieces = await responses.answer(question);
          if (pieces === null) return null;
          options.onAnswer?.(question, pieces);
          const reader = responses.options.readerOf(context);
          if (reader !== null) tellApollo(request, pieces, reader);
          const errors = pieces.flatMap((piece) => piece.errors);
          if (errors.length > 0) {
            Object.assign(request, { errors });
            await options.onErrors?.(errors, request);
          }
          const { status, headers } = headOf(errors);
          return {
            http: { status, headers: new HeaderMap(request.requestIsBatched ? headers : [...(options.describe?.(pieces) ?? []), ...headers]) },
            body: {
              kind: 'single',
              singleResult: {
                ...(errors.length === 0 ? {} : { errors: errors.map((error) => formatted(error, options.formatError)) }),
                data: JSON.parse(joinPieces(pieces)) as Record<string, unknown> | null,
                ...(options.explains?.(context) === true ? { extensions: { cache: explain(pieces, reader) } } : {}),
              },
            },
          };
        },
      }),
  };
}

/**
 * Apollo's own plugins (caching headers, usage reports) get to know how long the answer lives, counted from when it was read
 * as HTTP does (RFC 9111, section 4.2), and whose it is.
 */
function tellApollo({ overallCachePolicy }: Pick<GraphQLRequestContext<BaseContext>, 'overallCachePolicy'>, pieces: readonly AnsweredPiece[], { request, collector }: Reader<unknown>): void {
  for (const { piece, entry } of pieces) {
    if (piece.kind === 'typename') continue;
    // What no cache was asked for was read just now, and has collected its hints where the request does.
    const { policy } = piece;
    const { readAt, freshUntil, scope } = entry ?? { ...collector.lifetime(policy, request.readAt), scope: strictest(policy.scope, collector.scope) };
    const isLive = entry === null && collector.notStorable !== null;
    // A viewer may lose a permission; a cache that keeps the answer would not notice.
    const isPermitted = piece.permissions.length > 0;
    overallCachePolicy.restrict({ maxAge: isLive || isPermitted ? 0 : Math.max(0, Math.floor((freshUntil - readAt) / 1000)), scope: isPermitted ? 'PRIVATE' : scope });
  }
}
