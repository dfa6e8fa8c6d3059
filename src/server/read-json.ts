import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A refusal with the status and the code that `refuseInGraphqlShape` gives it. */
export class HttpRefusal extends Error {
  override readonly name = 'HttpRefusal';

  constructor(
    readonly statusCode: 400 | 401 | 405 | 415,
    readonly errorCode: 'BAD_REQUEST' | 'UNAUTHENTICATED' | 'METHOD_NOT_ALLOWED' | 'UNSUPPORTED_MEDIA_TYPE' | 'UPLOADS_NOT_SUPPORTED',
    message: string,
  ) {
    super(message);
  }
}

/** What becomes of members that would change what objects are. */
const DANGEROUS = ['error', 'error'] as const;

/** The framework's own parser of JSON, as a function that throws. */
export function jsonParser(server: FastifyInstance): (text: string) => unknown {
  const parse = server.getDefaultJsonParser(...DANGEROUS);
  return (text) => {
    let parsed: unknown;
    // It calls back before it returns, and uses nothing of the request.
    void parse(null as unknown as FastifyRequest, text, (error, value) => {
      if (error !== null) throw error;
      parsed = value;
    });
    return parsed;
  };
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i;

/**
 * JSON is the only body there is, and it is UTF-8 (RFC 8259, section 8.1): bytes that are not would otherwise be replaced
 * without a word. Members named `__proto__` are refused.
 */
export function readJson(server: FastifyInstance): void {
  const parse = server.getDefaultJsonParser(...DANGEROUS);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const charset = CHARSET.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
    if (charset !== 'utf-8' && charset !== 'utf8') {
      done(new HttpRefusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'JSON is sent in UTF-8.'));
    } else if (!isUtf8(body)) {
      done(new HttpRefusal(400, 'BAD_REQUEST', 'The body is not UTF-8.'));
    } else {
      void parse(request, body.toString('utf8'), done);
    }
  });
  server.addContentTypeParser('multipart/form-data', (_, __, done) => {
    done(new HttpRefusal(415, 'UPLOADS_NOT_SUPPORTED', 'Files are not accepted.'));
  });
}
