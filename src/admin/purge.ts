import { BYPASS, positionToken, type Tag } from '../cache/index.js';
import type { Admin, Authority } from './admin.js';
import { tagsOfPurge, type PurgeRequest } from './purge-tags.js';

export interface Purge {
  /** What was invalidated. */
  readonly tags: readonly Tag[];
  /** From where in the ledger on every node's answers are without it; `bypass` while it is pending. */
  readonly position: string;
}

/**
 * Makes everything that a request names invalid, on this node when it resolves and on the others within a second. It takes
 * the way that changes take, so that no crash and no outage loses it. Costs as many tags as it names, however many
 * entries depend on them (C3).
 *
 * @throws LarderError BAD_USER_INPUT, FORBIDDEN, TENANT_NOT_FOUND or GLOB_NOT_SUPPORTED.
 */
export async function purge(admin: Admin, authority: Authority, request: PurgeRequest): Promise<Purge> {
  const tags = await tagsOfPurge(admin, authority, request);
  const applied = await admin.applyPurge(tags);
  return { tags, position: applied === null ? BYPASS : positionToken(applied) };
}
