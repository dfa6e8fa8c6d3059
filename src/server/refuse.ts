import type { FastifyError, FastifyInstance } from 'fastify';
import type { ErrorCode } from '../graphql/errors.js';

/** Failures outside GraphQL answer in the same shape as those inside. */
export function refuseInGraphqlShape(server: FastifyInstance): void {
  server.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500 && status !== 503) {
      request.log.error({ err: error }, 'the request failed');
      return reply.code(500).send(body('INTERNAL_SERVER_ERROR', 'Internal server error', { requestId: request.id }));
    }
    const code: ErrorCode = status === 413 ? 'PAYLOAD_TOO_LARGE' : status === 503 ? 'SERVICE_UNAVAILABLE' : 'BAD_REQUEST';
    return reply.code(status).send(body(code, error.message));
  });
  server.setNotFoundHandler((_, reply) => reply.code(404).send(body('NOT_FOUND', 'Nothing is here: the API is at /graphql.')));
}

function body(code: ErrorCode, message: string, extensions: object = {}): { errors: object[] } {
  return { errors: [{ message, extensions: { ...extensions, code } }] };
}
