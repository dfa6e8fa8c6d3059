import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { CacheKey } from '../core/key.js';
import type { Holder, Leases } from '../core/lease.js';
import type { Guard } from './guard.js';
import type { RedisClient } from './redis-client.js';

/** After so many milliseconds without a sign of its holder, a lease is free; until then the holder renews it. */
export const LEASE_MS = 1_000;
const RENEW_EVERY_MS = 300;
/** How long others load for themselves what its loader could not share. */
const UNSHARED_MS = 1_000;
const UNSHARED = 'unshared';
/** How often those who wait look: a twentieth of what a load has to take for waiting to be of any use. */
const LOOK_EVERY_MS = 15;

/** Does something to a lease only if it is still its holder's. */
const IF_MINE = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end `;
const END = `${IF_MINE} return redis.call('DEL', KEYS[1])`;
const LEAVE_UNSHARED = `${IF_MINE} redis.call('SET', KEYS[1], '${UNSHARED}', 'PX', ${UNSHARED_MS}) return 1`;
const RENEW = `${IF_MINE} return redis.call('PEXPIRE', KEYS[1], ${LEASE_MS})`;

/**
 * Leases on Redis: a key beside the entry's that names its holder and ends by itself. Only a hint about who should load: if two
 * hold one, after a pause or a fail-over, there are two loads and both are right.
 */
export class RedisLeases implements Leases {
  /** Of each lease held, the token and what keeps it alive. */
  readonly #held = new Map<CacheKey, { readonly token: string; readonly renewing: NodeJS.Timeout }>();

  constructor(
    private readonly client: RedisClient,
    private readonly guard: Guard,
  ) {}

  async acquire(keys: readonly CacheKey[]): Promise<readonly Holder[]> {
    const token = randomUUID();
    const holders = await this.guard.read<readonly (string | null)[]>(
      // Sent together: the second says who holds it, whether or not the first succeeded.
      () => Promise.all(keys.map((key) => Promise.all([this.client.set(nameOf(key), token, { NX: true, PX: LEASE_MS }), this.client.get(nameOf(key))]).then(([, holder]) => holder))),
      keys.map(() => null),
    );
    return keys.map((key, at) => {
      const holder = holders[at];
      if (holder === token) this.#hold(key, token);
      // Nobody could be asked, or the lease has ended meanwhile: to load is always right.
      return holder === token || holder === null || holder === undefined ? 'mine' : holder === UNSHARED ? 'unshared' : 'taken';
    });
  }

  async end(key: CacheKey, how: 'ended' | 'unshared'): Promise<void> {
    const held = this.#held.get(key);
    if (held === undefined) return;
    clearInterval(held.renewing);
    this.#held.delete(key);
    await this.#ifMine(how === 'ended' ? END : LEAVE_UNSHARED, key, held.token);
  }

  wait(): Promise<void> {
    return pause(LOOK_EVERY_MS);
  }

  #hold(key: CacheKey, token: string): void {
    const before = this.#held.get(key);
    if (before !== undefined) clearInterval(before.renewing);
    const renewing = setInterval(() => void this.#ifMine(RENEW, key, token), RENEW_EVERY_MS).unref();
    this.#held.set(key, { token, renewing });
  }

  async #ifMine(script: string, key: CacheKey, token: string): Promise<void> {
    await this.guard.write<unknown>(() => this.client.eval(script, { keys: [nameOf(key)], arguments: [token] }), null);
  }
}

function nameOf(key: CacheKey): string {
  return `${key}:lease`;
}
