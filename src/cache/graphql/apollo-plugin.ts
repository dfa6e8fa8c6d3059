import { HeaderMap, type ApolloServerPlugin, type BaseContext, type GraphQLRequestContext } from '@apollo/server';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { explain } from './explain.js';
import type { OperationPlan } from './operation-plan.js';
import { joinPieces, type AnsweredPiece, type Question, type ResponseCache } from './response-cache.js';

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

export interface ResponseCachePluginOptions<Context extends BaseContext> {
  /** The same as is given to Apollo Server, which formats only what it has executed itself. */
  readonly formatError?: FormatError;
  /** In the place of Apollo's `didEncounterErrors`, for errors of fields. */
  readonly onErrors?: (errors: readonly GraphQLError[], request: GraphQLRequestContext<Context>) => void;
  /** Whether the answer tells how it came about, in `extensions.cache`. */
  readonly explains?: (context: Context) => boolean;
  /** Told of every answer: takes samples of it, say. */
  /** Told of every query that Apollo has parsed and found valid. */
  readonly onValid?: (plan: OperationPlan, request: GraphQLRequestContext<Context>) => void;
  readonly onAnswer?: (question: Question<Context>, pieces: readonly AnsweredPiece[]) => void;
}

/** Lets Apollo Server answer queries from the response cache, after it has parsed and validated them. */
export function responseCachePlugin<Context extends BaseContext, Source>(
  responses: ResponseCache<Context, Source>,
  options: ResponseCachePluginOptions<Context> = {},
): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        responseForOperation: async (request) => {
          const { document, operation, contextValue: context } = request;
          // Which operation of several is meant, nobody has said: execution complains. The type does not know of it.
          if ((operation as typeof operation | undefined) === undefined) return null;
          const plan = responses.planOf(document, operation);
          if (plan === null) return null;
          options.onValid?.(plan, request);
          const question = { plan, context, variables: request.request.variables ?? {} };
          const pieces = await responses.answer(question);
          if (pieces === null) return null;
          options.onAnswer?.(question, pieces);
          const errors = pieces.flatMap((piece) => piece.errors);
          if (errors.length > 0) options.onErrors?.(errors, request);
          return {
            http: { status: undefined, headers: new HeaderMap() },
            body: {
              kind: 'single',
              singleResult: {
                ...(errors.length === 0 ? {} : { errors: errors.map((error) => formatted(error, options.formatError)) }),
                data: JSON.parse(joinPieces(pieces)) as Record<string, unknown> | null,
                ...(options.explains?.(context) === true ? { extensions: { cache: explain(pieces, responses.options.readerOf(context)) } } : {}),
              },
            },
          };
        },
      }),
  };
}

/** As Apollo Server shows errors: with a code, and without what is none of the caller's business. */
export function formatted(error: GraphQLError, formatError: FormatError | undefined): GraphQLFormattedError {
  const shown: GraphQLFormattedError = { ...error.toJSON(), extensions: { ...error.extensions, code: error.extensions['code'] ?? 'INTERNAL_SERVER_ERROR' } };
  return formatError === undefined ? shown : formatError(shown, error);
}
