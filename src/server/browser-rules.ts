import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.js';

/** Response headers that pages of other origins may read, beyond those that they always may. */
const EXPOSED = ['Age', 'Cache-Status', 'Cache-Tag', 'ETag', 'Larder-Position', 'Retry-After', 'X-Request-Id'];

/**
 * What says something about a document that is shown, runs scripts or has links, and nothing about data. OWASP's cheat sheet on REST
 * asks the others of an API.
 */
const OF_DOCUMENTS = ['crossOriginOpenerPolicy', 'originAgentCluster', 'referrerPolicy', 'xDnsPrefetchControl', 'xDownloadOptions', 'xPermittedCrossDomainPolicies', 'xXssProtection'] as const;

/** For pages, which say by themselves what may run in them. */
export const FOR_PAGES = { ...ofDocuments(true), contentSecurityPolicy: false };

/** What browsers may do with the answers: security headers, and which origins may call. */
export async function tellBrowsers(server: FastifyInstance, { corsOrigins }: Config['http']): Promise<void> {
  await server.register(helmet, {
    // An API answers with data: nothing in it may run or be framed. Pages say what they need themselves.
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    ...ofDocuments(false),
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

function ofDocuments<Is extends boolean>(are: Is): Readonly<Record<(typeof OF_DOCUMENTS)[number], Is>> {
  return Object.fromEntries(OF_DOCUMENTS.map((name) => [name, are])) as Record<(typeof OF_DOCUMENTS)[number], Is>;
}
