import type { Tag } from '../cache/index.js';
import { LarderError } from '../graphql/errors.js';
import type { Admin, Authority } from './admin.js';
import { tagsOfPurge, type PurgeRequest } from './purge-tags.js';

export interface Purge {
  /** What was invalidated. */
  readonly tags: readonly Tag[];
  readonly epoch: string;
  readonly position: number;
}

/**
 * Makes everything that a request names invalid, on this node when it resolves and on the others within a second.
 * Costs as many tags as it names, however many entries depend on them (C3).
 *
 * @throws LarderError BAD_USER_INPUT, FORBIDDEN, TENANT_NOT_FOUND, GLOB_NOT_SUPPORTED or SERVICE_UNAVAILABLE.
 */
export async function purge(admin: Admin, authority: Authority, request: PurgeRequest): Promise<Purge> {
  const tags = await tagsOfPurge(admin, authority, request);
  try {
    const { epoch, position } = await admin.cache.invalidate(tags);
    return { tags, epoch, position };
  } catch (error) {
    const failure = new LarderError('SERVICE_UNAVAILABLE', 'The ledger did not answer, so that the purge may not have been made: repeat it, twice does no harm.');
    failure.cause = error;
    throw failure;
  }
}
