import { BYPASS, positionToken } from '../cache/index.js';
import type { Admin, Authority } from './admin.js';
import { countReached, type Reached } from './count-reached.js';
import { tagsOfPurge, type Named, type PurgeRequest } from './purge-tags.js';

export interface Purge extends Named {
  /** How much of this node's memory it reached; null where there is none. */
  readonly reached: Reached | null;
  /** From where in the ledger on every node's answers are without it; `bypass` while it is pending. */
  readonly position: string;
}

/**
 * Makes everything that a request names invalid, on this node when it resolves and on the others within a second. It takes
 * the way that changes take, so that no crash and no outage loses it. Costs as many tags as it names, however many
 * entries depend on them (C3).
 *
 * @throws LarderError BAD_USER_INPUT, FORBIDDEN, NOT_FOUND, TENANT_NOT_FOUND or GLOB_NOT_SUPPORTED.
 */
export async function purge(admin: Admin, authority: Authority, request: PurgeRequest): Promise<Purge> {
  const named = await tagsOfPurge(admin, authority, request);
  const reached = countReached(admin, named.tags);
  const applied = await admin.applyPurge(named.tags);
  return { ...named, reached, position: applied === null ? BYPASS : positionToken(applied) };
}
