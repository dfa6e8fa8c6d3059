import type { FastifyInstance } from 'fastify';
import type { Logger } from '../lib/logger.js';

export interface RequestLine {
  readonly id: string;
  readonly method: string;
  /** Without the query string: whoever sends a password by GET must not find it in a log. */
  readonly path: string;
  readonly status: number;
  readonly milliseconds: number;
}

export interface RequestLogOptions {
  readonly logger: Logger;
  /** Of the requests that nothing was wrong with, how many are logged: 0 to 1. */
  readonly share: number;
}

/** Longer than anything should take: logged in any case, in milliseconds. */
const SLOW = 1_000;

/**
 * One line for each request that failed or was slow, and for a share of the others.
 *
 * @returns for requests that the framework does not see.
 */
export function logRequests(server: FastifyInstance, { logger, share }: RequestLogOptions): (line: RequestLine) => void {
  const log = ({ id, method, path, status, milliseconds }: RequestLine): void => {
    if (status < 400 && milliseconds < SLOW && share < 1 && Math.random() >= share) return;
    const level = path.startsWith('/health/') ? 'debug' : 'info';
    logger[level]({ reqId: id, method, path, status, ms: Math.round(milliseconds * 10) / 10 }, 'request');
  };
  server.addHook('onResponse', (request, reply, done) => {
    const path = request.url.split('?', 1)[0] ?? '';
    log({ id: request.id, method: request.method, path, status: reply.statusCode, milliseconds: reply.elapsedTime });
    done();
  });
  return log;
}
