import type { BaseContext, GraphQLRequestContext } from '@apollo/server';
import { varyOn } from '../../lib/vary.js';
import { httpPolicy, type HttpPolicyOptions } from './http-policy.js';
import type { AnsweredPiece } from './answered-piece.js';

/** Request headers that every answer varies by. */
export const ALWAYS_VARIED = ['Accept', 'Accept-Encoding', 'Larder-After'];
/** Default of `vary`: headers that most servers identify the viewer by. A superfluous header only costs hits of other caches. */
const USUAL = ['Accept-Language', 'Authorization', 'Cookie'];

/** Headers of requests that answers depend on. `vary` is what the host says of its contexts. */
export function variedBy(vary: readonly string[] | undefined): readonly string[] {
  return [...ALWAYS_VARIED, ...(vary ?? USUAL)];
}

export interface AnswerHeaderOptions extends HttpPolicyOptions {
  /** Milliseconds, on the clock of entries' lifetimes. */
  readonly now: number;
  readonly vary: readonly string[] | undefined;
}

/** An answer of Apollo, about to be sent. */
export type SentAnswer = Pick<GraphQLRequestContext<BaseContext>, 'request' | 'response' | 'requestIsBatched'>;

/**
 * Sets the headers of an answer that Apollo sends, for other caches. `pieces` is null for an answer that was not assembled here:
 * its lifetime and scope are unknown, so no cache may keep it.
 */
export function describeAnswer({ request, response, requestIsBatched }: SentAnswer, pieces: readonly AnsweredPiece[] | null, { now, vary, ...options }: AnswerHeaderOptions): void {
  const { downstream } = options;
  const { body, http: { headers } } = response;
  const policy = pieces === null || requestIsBatched ? null : httpPolicy(pieces, now, options);
  if (policy !== null) headers.set('cache-status', policy.cacheStatus);
  // No invalidation reaches other caches.
  if (downstream === 'revalidate') {
    headers.set('cache-control', 'no-store');
    return;
  }
  // Apollo's integrations overwrite the headers of middleware, also the `Vary: Origin` of cross-origin rules.
  headers.set('vary', varyOn(headers.get('vary'), 'Origin', variedBy(vary).join()) ?? '*');
  // Caches keep answers to GET only. With `all`, Apollo's own plugin describes answers to POST, from the same policies.
  if (isForbidden(headers.get('cache-control')) || (downstream === 'all' && request.http?.method === 'POST')) return;
  // What plugins add belongs to this request: no hint gives its scope.
  const isOwn = body?.kind !== 'single' || body.singleResult.extensions !== undefined || headers.has('set-cookie');
  const isKept = policy?.isStored === true && !isOwn;
  headers.set('cache-control', isKept ? policy.cacheControl : 'no-store');
  if (!isKept) return;
  if (policy.age !== null) headers.set('age', String(policy.age));
  if (policy.cacheTag !== null) headers.set('cache-tag', policy.cacheTag);
}

/** The form that Apollo's own plugin sends, computed from the same hints. */
const BY_HINTS = /^max-age=\d+, (public|private)$/;

/** Whether another plugin has said that shared caches are not to keep the answer. */
export function isForbidden(cacheControl: string | undefined): boolean {
  return cacheControl !== undefined && !BY_HINTS.test(cacheControl) && /no-store|private/i.test(cacheControl);
}
