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
  const own = codeOfMessage(error) ?? codeOf(error);
  // Apollo gives what a rule of validation reports its own code, and keeps the rule's error inside.
  return own === 'GRAPHQL_VALIDATION_FAILED' ? (codeOf((error as GraphQLError).originalError) ?? own) : own;
}

function codeOf(error: unknown): ErrorCode | null {
  const { code } = (error instanceof GraphQLError ? error.extensions : {}) as { code?: unknown };
  const known = typeof code === 'string' && Object.hasOwn(errorCodes, code) && code !== 'INTERNAL_SERVER_ERROR';
  return known ? (code as ErrorCode) : null;
}

/** What graphql and Apollo tell apart by their messages alone. */
const MESSAGES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^Syntax Error: Document contains more tha[nt] \d+ tokens/, 'TOO_MANY_TOKENS'],
  [/^Unknown directive "@(defer|stream)"/, 'INCREMENTAL_DELIVERY_NOT_SUPPORTED'],
  [/^Too many errors processing variables/, 'BAD_USER_INPUT'],
  [/^GET requests only support query operations/, 'METHOD_NOT_ALLOWED'],
];

function codeOfMessage(error: unknown): ErrorCode | null {
  if (!(error instanceof GraphQLError)) return null;
  return MESSAGES.find(([message]) => message.test(error.message))?.[1] ?? null;
}

/** What graphql says of a variable it cannot use has the value in it, which may be a secret. */
const VARIABLE = /^(Variable "\$\w+") got invalid value .*?(?: at "([^"]*)")?; /s;

function withoutValue({ message }: GraphQLFormattedError, code: ErrorCode): string {
  if (code !== 'BAD_USER_INPUT') return message;
  const found = VARIABLE.exec(message);
  return found === null ? message : `${found[1]} got a value of the wrong type${found[2] === undefined ? '' : ` at "${found[2]}"`}.`;
}

/** What the caller sees: errors with a code of ours as they are, of all others nothing but that there was one. */
export function formatError(
  isUnavailable: IsUnavailable,
): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  return (formatted, error) => {
    if (error instanceof ReportedError) return formatted;
    const code = publicCode(error);
    if (code !== null) return { ...formatted, message: withoutValue(formatted, code), extensions: { ...formatted.extensions, code } };
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
  RATE_LIMITED: 429,
  SIGN_IN_LIMITED: 429,
  SERVICE_UNAVAILABLE: 503,
  REQUEST_TIMEOUT: 503,
};

/** The HTTP status of a request that failed as a whole. */
export function statusOf(code: ErrorCode): number {
  return STATUS[code] ?? 400;
}

/** A failure before execution began concerns the whole request, so HTTP tells of it, too. */
export function refuseRequest(error: GraphQLError, code: ErrorCode): GraphQLError {
  return new GraphQLError(error.message, { extensions: { http: { status: statusOf(code) }, ...error.extensions } });
}

export function unavailable(): LarderError {
  return new LarderError('SERVICE_UNAVAILABLE', 'The database cannot be reached at the moment.');
}
