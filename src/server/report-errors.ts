import type { ApolloServerPlugin, BaseContext, GraphQLRequestContext } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Logger } from '../lib/logger.js';
import { publicCode } from './public-error.js';

/** Logs errors that callers get to see nothing of, and tells callers under which request id. */
export function reportErrors(logger: Logger): ApolloServerPlugin {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didEncounterErrors: (context) => {
          logErrors(logger, context.errors, { operation: context.operationName, requestId: requestIdOf(context) });
          return Promise.resolve();
        },
        willSendResponse: (context) => {
          const { body } = context.response;
          if (body.kind === 'single' && body.singleResult.errors !== undefined) {
            body.singleResult.errors = body.singleResult.errors.map((error) => named(error, requestIdOf(context)));
          }
          return Promise.resolve();
        },
      }),
  };
}

/** Those that were not made for the caller's eyes. */
export function logErrors(logger: Logger, errors: readonly GraphQLError[], { operation, requestId }: { readonly operation: string | null | undefined; readonly requestId: string | undefined }): void {
  for (const error of errors) {
    if (publicCode(error) !== null) continue;
    logger.error({ err: unwrapResolverError(error), path: error.path?.join('.'), operation, reqId: requestId }, 'a field failed');
  }
}

/** Tells the caller under which request an error was logged. */
export function named(error: GraphQLFormattedError, requestId: string | undefined): GraphQLFormattedError {
  if (error.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR') return error;
  return { ...error, extensions: { ...error.extensions, requestId } };
}

function requestIdOf({ request }: GraphQLRequestContext<BaseContext>): string | undefined {
  return request.http?.headers.get('x-request-id');
}
