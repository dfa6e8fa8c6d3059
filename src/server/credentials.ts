import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';
import { LarderError } from '../graphql/errors.js';

/** Who the request says it is from, and what it asks for besides; nothing of it is verified yet. */
export interface Credentials {
  readonly token: string | null;
  readonly tenantSlug: string | null;
  /** Best first. */
  readonly acceptedLanguages: readonly string[];
  /** A position that the answer must not be older than; judged by the cache, which takes a malformed one for unknown. */
  readonly after: string | null;
  readonly explain: boolean;
}

/** RFC 6750, section 2.1. */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]{1,512}=*) *$/i;
const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MAX_SLUG = 63;
const MAX_LANGUAGES = 10;

/** @throws LarderError SESSION_INVALID or TENANT_NOT_FOUND for a header that cannot name a session or a tenant. */
export function parseCredentials(headers: IncomingHttpHeaders): Credentials {
  return {
    token: token(headers.authorization),
    tenantSlug: tenantSlug(headers['x-tenant']),
    // `en-US;q=0.7, *` and the like; a longer list than any browser sends is cut.
    acceptedLanguages:
      headers['accept-language'] === undefined ? [] : new Negotiator({ headers }).languages().slice(0, MAX_LANGUAGES),
    after: single(headers['larder-after']),
    explain: single(headers['larder-explain']) === '1',
  };
}

function token(header: string | undefined): string | null {
  if (header === undefined || header.trim() === '') return null;
  const match = BEARER.exec(header);
  if (match?.[1] === undefined) {
    throw new LarderError('SESSION_INVALID', 'The Authorization header is not of the form "Bearer <token>".');
  }
  return match[1];
}

function tenantSlug(header: string | readonly string[] | undefined): string | null {
  const slug = single(header)?.trim() ?? '';
  if (slug === '') return null;
  if (slug.length > MAX_SLUG || !SLUG.test(slug)) {
    throw new LarderError('TENANT_NOT_FOUND', 'The X-Tenant header is no slug: lower-case letters, digits and single hyphens.');
  }
  return slug;
}

function single(header: string | readonly string[] | undefined): string | null {
  return typeof header === 'string' ? header : (header?.[0] ?? null);
}
