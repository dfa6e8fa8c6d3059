import { describe, expect, it } from 'vitest';
import type { Entry } from './entry.js';
import type { CacheKey } from './key.js';
import { RECENT_MS, RecentLoads } from './recent-loads.js';

const at = (readAt: number): Entry => ({
  value: readAt,
  tags: [],
  stamp: { epoch: 'e', position: 0 },
  readAt,
  freshUntil: Infinity,
  staleUntil: Infinity,
  scope: 'PUBLIC',
  cost: 0,
});
const key = (name: number): CacheKey => String(name) as CacheKey;

describe('D1 what a node that is alone has loaded', () => {
  it('is shared for a second from when its load began, whatever its own lifetime', () => {
    const loads = new RecentLoads();
    loads.keep(key(1), at(0), 0);
    expect(loads.get(key(1), RECENT_MS - 1)?.value).toBe(0);
    expect(loads.get(key(1), RECENT_MS)).toBeUndefined();
    expect(loads.get(key(1), 0)).toBeUndefined();
  });

  it('is not kept for ever by a clock that was set back', () => {
    const loads = new RecentLoads();
    loads.keep(key(1), at(900_000), 900_000);
    expect(loads.get(key(1), 0)).toBeUndefined();
  });

  it('C4 is bounded in number, the oldest going first', () => {
    const loads = new RecentLoads();
    for (let name = 0; name < 3000; name++) loads.keep(key(name), at(0), 0);
    expect(loads.get(key(0), 0)).toBeUndefined();
    expect(loads.get(key(2999), 0)).toBeDefined();
  });
});
