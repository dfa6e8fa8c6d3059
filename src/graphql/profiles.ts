import type { Policy } from '../cache/index.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const publicPolicy = (profile: string, maxAge: number, staleWhileRevalidate: number): Policy => ({
  profile,
  maxAge,
  staleWhileRevalidate,
  scope: 'PUBLIC',
});

/** The named policies of the application. Graces are for a failing or slow source: an invalidated entry has none. */
export const profiles = {
  reference: publicPolicy('reference', 24 * HOUR, HOUR),
  configuration: publicPolicy('configuration', HOUR, 5 * MINUTE),
  detail: publicPolicy('detail', HOUR, 5 * MINUTE),
  user: { ...publicPolicy('user', 30 * MINUTE, 0), scope: 'PRIVATE' },
  inventory: publicPolicy('inventory', 30 * MINUTE, MINUTE),
  report: publicPolicy('report', 10 * MINUTE, MINUTE),
  list: publicPolicy('list', 5 * MINUTE, MINUTE),
  stats: publicPolicy('stats', MINUTE, 10 * SECOND),
  live: publicPolicy('live', 0, 0),
  session: publicPolicy('session', 24 * HOUR, 0),
} as const satisfies Record<string, Policy>;

export type ProfileName = keyof typeof profiles;
