import { NATURE, type Steps } from './scheduler.js';
import type { World } from './world.js';

export interface Fault {
  /** How likely it is to strike in one step of the world. */
  readonly rate: number;
  readonly strike: (world: World) => void;
}

/** What goes wrong in a world, all of it in one life. */
export const FAULTS: readonly Fault[] = [
  { rate: 0.003, strike: killNode },
  { rate: 0.005, strike: failOver },
  { rate: 0.002, strike: restartFromOldData },
  { rate: 0.002, strike: loseMachine },
  { rate: 0.002, strike: flush },
  { rate: 0.03, strike: reconnect },
  { rate: 0.01, strike: stopNode },
  { rate: 0.002, strike: stepClock },
];

/** A process is killed and started anew: what it knew is gone, commands it had sent are still on their way. */
function killNode(world: World): void {
  world.restartNode(world.random.below(world.nodes.length));
}

/** A process is stopped, and goes on a little later without knowing. */
function stopNode(world: World): void {
  const node = world.random.pick(world.nodes);
  const until = world.time + world.random.below(400);
  node.stopped = true;
  const goOn = function* (): Steps {
    yield () => world.time >= until;
    node.stopped = false;
  };
  world.scheduler.spawn(goOn(), NATURE);
}

/** A replica that has not heard of the last changes takes over. In a split brain, the old master goes on for some nodes. */
function failOver(world: World): void {
  const { random, setting, master: old } = world;
  world.master = world.startServer({ server: old, changesAgo: 1 + random.below(9) });
  old.isUp = setting.splitBrain && random.chance(0.5);
  world.oldMasters.push(old);
  for (const node of world.nodes) {
    if (!old.isUp || random.chance(0.6)) node.server = world.master;
  }
}

/** The master is killed and comes back with a dump of any age, or with nothing. Nodes notice when they reconnect. */
function restartFromOldData(world: World): void {
  const { random, master: old } = world;
  old.isUp = false;
  world.master = world.startServer({ server: old, changesAgo: random.chance(0.6) ? 1 + random.below(old.pasts) : old.pasts });
}

/** The machine with the master and a node on it fails and comes back. */
function loseMachine(world: World): void {
  restartFromOldData(world);
  killNode(world);
}

function flush(world: World): void {
  world.master.flush();
}

/** Mostly, a node finds the master; while the brain is split, it may go back to the old one. */
function reconnect({ random, nodes, master, oldMasters }: World): void {
  const up = oldMasters.filter(({ isUp }) => isUp);
  random.pick(nodes).server = up.length > 0 && random.chance(0.4) ? random.pick(up) : master;
}

/** Somebody sets the server's clock. */
function stepClock(world: World): void {
  world.master.clockOffset += world.random.below(1_800_000) - 900_000;
}
