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
          logErrors(logger, context.errors, context);
          return Promise.resolve();
        },
        willSendResponse: (context) => {
          const { body } = context.response;
          if (body.kind === 'single' && body.singleResult.errors !== undefined) {
            const named = (error: GraphQLFormattedError): GraphQLFormattedError =>
              error.extensions?.['code'] === 'INTERNAL_SERVER_ERROR'
                ? { ...error, extensions: { ...error.extensions, requestId: requestIdOf(context) } }
                : error;
            body.singleResult.errors = body.singleResult.errors.map(named);
          }
          return Promise.resolve();
        },
      }),
  };
}

/** Those that were not made for the caller's eyes. */
export function logErrors<Context extends BaseContext>(logger: Logger, errors: readonly GraphQLError[], context: GraphQLRequestContext<Context>): void {
  for (const error of errors) {
    if (publicCode(error) !== null) continue;
    const fields = { err: unwrapResolverError(error), path: error.path?.join('.'), operation: context.operationName };
    logger.error({ ...fields, reqId: requestIdOf(context) }, 'a field failed');
  }
}

function requestIdOf<Context extends BaseContext>({ request }: GraphQLRequestContext<Context>): string | undefined {
  return request.http?.headers.get('x-request-id');
}
