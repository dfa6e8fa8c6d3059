import { GraphQLError } from 'graphql';
import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify';
import type { ErrorCode } from '../graphql/errors.js';
import { publicCode, statusOf } from './public-error.js';
import { HttpRefusal } from './read-json.js';

interface Refusal {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Failures outside GraphQL answer in the same shape as those inside. */
export function refuseInGraphqlShape(server: FastifyInstance): void {
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal !== null) return send(reply, refusal);
    request.log.error({ err: error }, 'the request failed');
    const failure: Refusal = { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' };
    return send(reply, failure, { requestId: request.id });
  });
  server.setNotFoundHandler((_, reply) => send(reply, { status: 404, code: 'NOT_FOUND', message: 'Nothing is here: the API is at /graphql.' }));
}

/** Null for a mistake of ours. */
function refusalOf(error: FastifyError): Refusal | null {
  const { message, statusCode: status = 500 } = error;
  if (error instanceof HttpRefusal) return { status, code: error.errorCode, message };
  const code = publicCode(error);
  if (error instanceof GraphQLError && code !== null) return { status: statusOf(code), code, message };
  if (status === 413) return { status, code: 'PAYLOAD_TOO_LARGE', message: 'The body is larger than this server accepts.' };
  if (status === 415) return { status, code: 'UNSUPPORTED_MEDIA_TYPE', message: 'The body is not application/json.' };
  if (status === 503) return { status, code: 'SERVICE_UNAVAILABLE', message };
  return status >= 400 && status < 500 ? { status, code: 'BAD_REQUEST', message: 'The request is not one that HTTP and JSON know.' } : null;
}

function send(reply: FastifyReply, { status, code, message }: Refusal, extensions: object = {}): FastifyReply {
  // The type is set anew: what failed may have been about to send something else.
  return reply.code(status).header('cache-control', 'no-store').type('application/json; charset=utf-8').send(refusalBody(code, message, extensions));
}

export function refusalBody(code: ErrorCode, message: string, extensions: object = {}): { readonly errors: readonly object[] } {
  return { errors: [{ message, extensions: { ...extensions, code } }] };
}
