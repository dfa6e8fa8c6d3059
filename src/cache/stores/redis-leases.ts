import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { RESP_TYPES } from '@redis/client';
import type { CacheKey } from '../core/key.js';
import type { Holder } from '../core/lease.js';
import type { LookupBudget } from '../core/lookup-budget.js';
import type { Guard } from './guard.js';
import type { LookUpLeases } from './keyv-entry-store.js';
import type { RedisClient } from './redis-client.js';
import { RedisScript } from './redis-script.js';
import { UnhurriedCommands } from './unhurried.js';

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
 * Entries, and leases of those that are missing: KEYS has them in turns. Answers an entry's bytes, 1 for a lease that was taken, 0
 * for one that was not. A server that may not write (full, or a replica) answers what it has all the same.
 */
const LOOK_UP = new RedisScript(`
local found = {}
for i = 1, #KEYS, 2 do
  local entry = redis.pcall('GET', KEYS[i])
  if type(entry) == 'string' then
    found[#found + 1] = entry
  else
    local taken = redis.pcall('SET', KEYS[i + 1], ARGV[1], 'NX', 'PX', ${LEASE_MS})
    found[#found + 1] = (type(taken) == 'table' and taken.ok) and 1 or 0
  end
end
return found`);
const TAKEN = 1;

/**
 * Leases on Redis: a key beside the entry's that names its holder and ends by itself. Only a hint about who should load: if two
 * hold one, after a pause or a fail-over, there are two loads and both are right.
 */
export class RedisLeases implements LookUpLeases {
  /** Of each lease held, the token and what keeps it alive. */
  readonly #held = new Map<CacheKey, { readonly token: string; readonly renewing: NodeJS.Timeout | null }>();
  /** Of look-ups whose answer came too late, for as long as what they took may last. */
  readonly #unheard = new Set<string>();
  readonly #evaluate: (keys: string[], token: string) => Promise<readonly (Buffer | number)[]>;

  constructor(
    private readonly client: RedisClient,
    private readonly guard: Guard,
    private readonly unhurried: UnhurriedCommands = new UnhurriedCommands(),
  ) {
    const connection = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
    this.#evaluate = async (keys, token) => {
      const given = { keys, arguments: [token] };
      const answer: unknown = await LOOK_UP.run(
        (sha) => connection.evalSha(sha, given),
        (text) => connection.eval(text, given),
      );
      return answer as readonly (Buffer | number)[];
    };
  }

  async lookUp(keys: readonly CacheKey[], { budget, onLease }: { readonly budget?: LookupBudget | undefined; readonly onLease: (at: number) => void }): Promise<readonly (Buffer | undefined)[]> {
    const token = randomUUID();
    let isSent = false;
    const ask = (): Promise<readonly (Buffer | number)[]> => {
      isSent = true;
      return this.#evaluate(keys.flatMap((key) => [key, nameOf(key)]), token);
    };
    this.unhurried.send();
    const found = await this.guard.read<readonly (Buffer | number)[] | null>(ask, null, budget);
    if (found === null) {
      if (isSent) this.#forgetLater(token);
      return keys.map(() => undefined);
    }
    const taken = new Set(keys.filter((_, at) => found[at] === TAKEN));
    for (const key of taken) this.#hold(key, token, null);
    return found.map((value, at) => {
      if (typeof value !== 'number') return value;
      // Asked for twice, it was taken the first time.
      if (taken.has(keys[at] as CacheKey)) onLease(at);
      return undefined;
    });
  }

  async acquire(keys: readonly CacheKey[]): Promise<readonly Holder[]> {
    const token = randomUUID();
    const holders = await this.guard.read<readonly (string | null)[]>(
      // Sent together: the second says who holds it, whether or not the first succeeded.
      () => Promise.all(keys.map((key) => Promise.all([this.client.set(nameOf(key), token, { NX: true, PX: LEASE_MS }), this.client.get(nameOf(key))]).then(([, holder]) => holder))),
      keys.map(() => null),
    );
    return keys.map((key, at) => {
      const holder = holders[at];
      // Nobody could be asked, or the lease has ended meanwhile: to load is always right.
      if (holder === null || holder === undefined) return 'mine';
      if (holder !== token && !this.#unheard.has(holder)) return holder === UNSHARED ? 'unshared' : 'taken';
      this.#hold(key, holder, this.#renewing(key, holder));
      return 'mine';
    });
  }

  keep(key: CacheKey): void {
    const held = this.#held.get(key);
    if (held?.renewing === null) this.#held.set(key, { token: held.token, renewing: this.#renewing(key, held.token) });
  }

  async end(key: CacheKey, how: 'ended' | 'unshared'): Promise<void> {
    const held = this.#held.get(key);
    if (held === undefined) return;
    if (held.renewing !== null) clearInterval(held.renewing);
    this.#held.delete(key);
    await this.#ifMine(how === 'ended' ? END : LEAVE_UNSHARED, key, held.token);
  }

  wait(): Promise<void> {
    return pause(LOOK_EVERY_MS);
  }

  #hold(key: CacheKey, token: string, renewing: NodeJS.Timeout | null): void {
    const before = this.#held.get(key)?.renewing ?? null;
    if (before !== null) clearInterval(before);
    this.#held.set(key, { token, renewing });
  }

  /** What has been taken without our hearing of it ends by itself; until then it is ours. */
  #forgetLater(token: string): void {
    this.#unheard.add(token);
    setTimeout(() => this.#unheard.delete(token), LEASE_MS).unref();
  }

  #renewing(key: CacheKey, token: string): NodeJS.Timeout {
    return setInterval(() => void this.#ifMine(RENEW, key, token), RENEW_EVERY_MS).unref();
  }

  async #ifMine(script: string, key: CacheKey, token: string): Promise<void> {
    await this.guard.write<unknown>(() => this.client.eval(script, { keys: [nameOf(key)], arguments: [token] }), null);
  }
}

function nameOf(key: CacheKey): string {
  return `${key}:lease`;
}
