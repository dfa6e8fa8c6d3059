import type { Place, World } from '../world.js';
import { LASTING, rest, somePlace, type Fault } from './fault.js';

export const nodeCutFromRedis: Fault = {
  name: 'node-cut-from-redis',
  what: 'one node loses Redis: its connections break, or go silent',
  inject: (world) => cutOff(world, (place) => place.toRedis),
};

export const nodeCutFromPostgres: Fault = {
  name: 'node-cut-from-postgres',
  what: 'one node loses PostgreSQL: its connections break, or go silent',
  inject: (world) => cutOff(world, (place) => place.toPostgres),
};

async function cutOff(world: World, wayOf: (place: Place) => Place['toRedis']): Promise<boolean> {
  const way = wayOf(somePlace(world));
  way.become(world.random.pick(['cut', 'silent']));
  await rest(LASTING);
  way.become('passing');
  await rest(500);
  return true;
}
