import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { errorCodes, LarderError, type ErrorCode } from '../graphql/errors.js';

/** Whether an error means that the database cannot be reached, as opposed to a mistake of ours. */
export type IsUnavailable = (error: unknown) => boolean;

/** An error that was logged already, and names the request under which. */
export class ReportedError extends GraphQLError {
  constructor(requestId: string) {
    super('Internal server error', { extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } });
  }
}

/** The code of an error that was made for the caller's eyes, or null. */
export function publicCode(error: unknown): ErrorCode | null {
  const { code } = (error instanceof GraphQLError ? error.extensions : {}) as { code?: unknown };
  const known = typeof code === 'string' && Object.hasOwn(errorCodes, code) && code !== 'INTERNAL_SERVER_ERROR';
  return known ? (code as ErrorCode) : null;
}

/** What the caller sees: errors with a code of ours as they are, of all others nothing but that there was one. */
export function formatError(
  isUnavailable: IsUnavailable,
): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    if (publicCode(error) !== null || error instanceof ReportedError) return formatted;
    const place = {
      ...(formatted.locations && { locations: formatted.locations }),
      ...(formatted.path && { path: formatted.path }),
    };
    if (isUnavailable(unwrapResolverError(error))) {
      return { message: 'The database cannot be reached at the moment.', ...place, extensions: { code: 'SERVICE_UNAVAILABLE' } };
    }
    return { message: 'Internal server error', ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
  };
}

const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  SESSION_INVALID: 401,
  FORBIDDEN: 403,
  TENANT_NOT_FOUND: 404,
  SERVICE_UNAVAILABLE: 503,
};

/** A failure before execution began concerns the whole request, so HTTP tells of it, too. */
export function refuseRequest(error: GraphQLError, code: ErrorCode): GraphQLError {
  return new GraphQLError(error.message, { extensions: { ...error.extensions, http: { status: STATUS[code] ?? 400 } } });
}

export function unavailable(): LarderError {
  return new LarderError('SERVICE_UNAVAILABLE', 'The database cannot be reached at the moment.');
}
