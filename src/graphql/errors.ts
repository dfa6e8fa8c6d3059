import { GraphQLError } from 'graphql';

/**
 * Every error code that clients may meet, with what they can do about it. Codes are stable; messages may change.
 * docs/errors.md is made from it: `npx vitest run --project alone src/graphql/errors-doc.test.ts -u`.
 */
export const errorCodes = {
  UNAUTHENTICATED: 'Sign in with `signIn` and send the token as `Authorization: Bearer <token>`.',
  SESSION_INVALID: 'The token is unknown, expired or revoked: sign in again.',
  FORBIDDEN: 'The viewer lacks the role that the field requires: ask an administrator of the tenant.',
  TENANT_REQUIRED: 'Say which tenant is meant: send `X-Tenant: <slug>`.',
  TENANT_NOT_FOUND: 'No tenant has this slug: check the `X-Tenant` header.',
  CREDENTIALS_INVALID: 'E-mail address or password is wrong.',
  BAD_USER_INPUT: 'An argument is not acceptable: the message says which and what to give instead; `extensions.violations` says it to programs.',
  NOT_FOUND: 'No such thing exists in this tenant: check the id.',
  CURSOR_INVALID: 'The cursor was not handed out by this field with these arguments: start again without `after`.',
  INSUFFICIENT_STOCK: 'Fewer units are in stock than asked for: `extensions.available` says how many.',
  ALREADY_EXISTS: 'Something else has this slug, address or product already: choose another, or change that one.',
  IN_USE: 'Other things belong to it, and would be left without: the message says which, `extensions` how many. Move them first.',
  CONFLICT: 'Somebody else changed the same thing at the same time: read it again and repeat.',
  GLOB_NOT_SUPPORTED: 'Patterns would have to search the whole store: purge by the tag that the message names.',
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL: the message says where.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema: the message says where.',
  BAD_REQUEST: 'The HTTP request is not GraphQL over HTTP: see the documentation of the endpoint.',
  PAYLOAD_TOO_LARGE: 'The request body is larger than the server accepts: send less.',
  PERSISTED_QUERY_NOT_FOUND: 'Send the document once together with its hash.',
  PERSISTED_QUERY_NOT_SUPPORTED: 'Persisted queries are switched off: send the document.',
  OPERATION_RESOLUTION_FAILURE: 'The document has several operations: name one with `operationName`.',
  PERSISTED_QUERY_MISMATCH: 'The hash is that of another document: send the SHA-256 of the text, in hexadecimal digits.',
  OPERATION_NOT_REGISTERED: 'Only the operations of a manifest are answered here: have this one added to it, or send one of them.',
  TOO_MANY_TOKENS: 'The document is too long: ask for less at once, or use fragments.',
  TOO_DEEP: 'The selection is nested too deeply: ask in two steps.',
  TOO_MANY_ROOT_FIELDS: 'One operation asks for too many root fields: spread them over several.',
  TOO_MANY_ALIASES: 'The document has too many aliases: spread the fields over several operations.',
  TOO_MANY_FIELDS: 'The document selects too many fields, or one name too often in one selection: spread them over several operations.',
  TOO_COSTLY: 'The operation may read too much: `extensions.cost` says how much it was taken for. Ask for smaller pages, or select less.',
  RATE_LIMITED: 'Too many requests in a short time: wait as many seconds as `Retry-After` and `extensions.retryAfter` say.',
  SIGN_IN_LIMITED: 'Too many failed attempts: wait as many seconds as `Retry-After` and `extensions.retryAfter` say.',
  REQUEST_TIMEOUT: 'It took too long and was given up; a change that was not yet committed was undone. Ask for less, or try again later.',
  BATCHING_DISABLED: 'Several operations in one request are not accepted: send each in a request of its own.',
  BATCH_TOO_LARGE: 'The request has too many operations: spread them over several.',
  INCREMENTAL_DELIVERY_NOT_SUPPORTED: '`@defer` and `@stream` are not supported: leave them out, or ask in two operations.',
  UPLOADS_NOT_SUPPORTED: 'Files are not accepted: put them elsewhere and send their address.',
  UNSUPPORTED_MEDIA_TYPE: 'Send the body as `application/json`, in UTF-8.',
  METHOD_NOT_ALLOWED: 'Send queries by POST or GET, everything else by POST.',
  HEADERS_TOO_LARGE: 'The headers are larger than the server accepts: send less.',
  SERVICE_UNAVAILABLE: 'The database cannot be reached, or did not answer: try again later.',
  INTERNAL_SERVER_ERROR: 'A mistake of ours: report the request id that the extensions name.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** An error that the caller is meant to see, as opposed to every other, which is reported as INTERNAL_SERVER_ERROR. */
export class LarderError extends GraphQLError {
  constructor(code: ErrorCode, message: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(message, { extensions: { ...extensions, code } });
    this.name = 'LarderError';
  }
}
