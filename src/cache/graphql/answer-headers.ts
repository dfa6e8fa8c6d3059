import type { BaseContext, GraphQLRequestContext } from '@apollo/server';
import { varyOn } from '../../lib/vary.js';
import { httpPolicy, type HttpPolicyOptions } from './http-policy.js';
import type { AnsweredPiece } from './answered-piece.js';

/** Headers by which the protocol's own answers differ. */
export const ALWAYS_VARIED = ['Accept', 'Accept-Encoding', 'Larder-After'];
/** By which most servers find out who asks: named where nobody has said, since too many only cost hits of other caches. */
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
 * What an answer that Apollo sends says to other caches. `pieces` is null for one that was not put together here: its lifetime,
 * and whom it is for, are not known, so nothing may keep it.
 */
export function describeAnswer({ request, response, requestIsBatched }: SentAnswer, pieces: readonly AnsweredPiece[] | null, { now, vary, ...options }: AnswerHeaderOptions): void {
  const { downstream } = options;
  const { body, http: { headers } } = response;
  const policy = pieces === null || requestIsBatched ? null : httpPolicy(pieces, now, options);
  if (policy !== null) headers.set('cache-status', policy.cacheStatus);
  // No write reaches what other caches keep.
  if (downstream === 'revalidate') {
    headers.set('cache-control', 'no-store');
    return;
  }
  // Integrations put headers over those of what stands around them: with them goes what cross-origin rules have said.
  headers.set('vary', varyOn(headers.get('vary'), 'Origin', variedBy(vary).join()) ?? '*');
  // Caches keep answers to GET. Of others `all` leaves the word to Apollo's own plugin, which asks the same policies.
  if (isForbidden(headers.get('cache-control')) || (downstream === 'all' && request.http?.method === 'POST')) return;
  // What plugins add is for this request: no hint says for whom it is beside.
  const isOwn = body?.kind !== 'single' || body.singleResult.extensions !== undefined || headers.has('set-cookie');
  const isKept = policy?.isStored === true && !isOwn;
  headers.set('cache-control', isKept ? policy.cacheControl : 'no-store');
  if (!isKept) return;
  if (policy.age !== null) headers.set('age', String(policy.age));
  if (policy.cacheTag !== null) headers.set('cache-tag', policy.cacheTag);
}

/** As Apollo's own plugin says it, by hints that are known here, too. */
const BY_HINTS = /^max-age=\d+, (public|private)$/;

/** Whether another plugin has said that shared caches are not to keep the answer. */
export function isForbidden(cacheControl: string | undefined): boolean {
  return cacheControl !== undefined && !BY_HINTS.test(cacheControl) && /no-store|private/i.test(cacheControl);
}
