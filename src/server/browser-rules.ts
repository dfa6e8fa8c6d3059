import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.js';

/** Response headers that pages of other origins may read, beyond those that they always may. */
const EXPOSED = ['Age', 'Cache-Status', 'Cache-Tag', 'ETag', 'Larder-Position', 'Retry-After', 'X-Request-Id'];

/** What browsers may do with the answers: security headers, and which origins may call. */
export async function tellBrowsers(server: FastifyInstance, { corsOrigins }: Config['http']): Promise<void> {
  await server.register(helmet, {
    // An API answers with data: nothing in it may run or be framed. Pages say what they need themselves.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    crossOriginResourcePolicy: { policy: corsOrigins.length === 0 ? 'same-origin' : 'cross-origin' },
  });
  if (corsOrigins.length === 0) return;
  await server.register(cors, {
    origin: corsOrigins === '*' ? '*' : [...corsOrigins],
    methods: ['GET', 'POST'],
    exposedHeaders: EXPOSED,
    // Sessions are tokens in a header: no cookie has to cross.
    credentials: false,
    maxAge: 86_400,
  });
}
