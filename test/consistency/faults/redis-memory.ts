import { LASTING, rest, type Fault } from './fault.js';
import type { World } from '../world.js';

/** The ledger itself is a key that can be evicted. */
export const redisEvicting: Fault = {
  name: 'redis-evicting',
  what: 'Redis has next to no memory and evicts any key',
  inject: async (world) => {
    const before = await statistic(world, 'evicted_keys');
    // Less than it occupies already, so that it evicts with every command.
    const used = await statistic(world, 'used_memory');
    await world.redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    await world.redis.command('CONFIG', 'SET', 'maxmemory', String(Math.round(used * 0.97)));
    await rest(LASTING);
    const evicted = (await statistic(world, 'evicted_keys')) - before;
    await world.redis.command('CONFIG', 'SET', 'maxmemory', '0');
    return evicted > 0;
  },
};

/** Entries are refused; the ledger must not be. */
export const redisFull: Fault = {
  name: 'redis-full',
  what: 'Redis is full and refuses to store',
  inject: async (world) => {
    await world.redis.command('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await world.redis.command('CONFIG', 'SET', 'maxmemory', '1');
    await rest(LASTING);
    await world.redis.command('CONFIG', 'SET', 'maxmemory', '0');
    return true;
  },
};

async function statistic({ redis }: World, name: string): Promise<number> {
  const found = new RegExp(`^${name}:(\\d+)`, 'm').exec(await redis.command('INFO'));
  return Number(found?.[1] ?? 0);
}
