import type { Mechanism } from '../../src/cache/core/mechanisms.js';
import { EngineNode } from './engine-node.js';
import type { Violation } from './history.js';
import { ModelNode } from './node.js';
import type { Omission } from './rules.js';
import { World } from './world.js';

export interface Found {
  readonly seed: number;
  /** The first promise that was broken in this world. */
  readonly violation: Violation;
}

export interface Exploration {
  readonly reads: number;
  readonly hits: number;
  /** Worlds with a violation. */
  readonly found: readonly Found[];
  /** What no world may throw. */
  readonly errors: readonly unknown[];
}

export interface Search {
  /** The first seed; 0 when it is left out. */
  readonly from?: number;
  readonly seeds: number;
  /** Stops after so many worlds with a violation. */
  readonly until?: number;
}

/** As the application bounds a call of the ledger's script. */
const ENGINE_DEADLINE = 500;

/** Plays worlds of nodes that follow the rules, but for those left out. */
export function exploreModel(search: Search, without: readonly Omission[] = []): Exploration {
  const worlds: World[] = [];
  for (const seed of seedsOf(search)) {
    const world = playModel(seed, without);
    worlds.push(world);
    if (isEnough(worlds, search)) break;
  }
  return summary(worlds, search);
}

/** Plays worlds of nodes made of the engine, but for mechanisms taken out. */
export async function exploreEngine(search: Search, without: readonly Mechanism[] = []): Promise<Exploration> {
  const worlds: World[] = [];
  for (const seed of seedsOf(search)) {
    worlds.push(await playEngine(seed, without));
    if (isEnough(worlds, search)) break;
  }
  return summary(worlds, search);
}

export function playModel(seed: number, without: readonly Omission[] = []): World {
  const world = new World({ seed, without: new Set(without), makeNode: (of, index) => new ModelNode(of, index) });
  for (const _ of world.play());
  return world;
}

/** Time is the world's: each step ends when no promise is left to settle. */
export async function playEngine(seed: number, without: readonly Mechanism[] = []): Promise<World> {
  const mechanisms = new Set(without);
  const world = new World({
    seed,
    // The engine's own script is not run: the world's has the rule that it would leave out.
    without: new Set<Omission>(mechanisms.has('epoch-rule') ? ['replid', 'keeppos'] : []),
    deadline: ENGINE_DEADLINE,
    makeNode: (of, index) => new EngineNode(of, index, mechanisms),
  });
  const { now } = performance;
  let readings = 0;
  // No two readings of a real clock are the same.
  performance.now = () => world.time + readings++ / 1e6;
  try {
    for (const _ of world.play()) await new Promise(setImmediate);
  } finally {
    performance.now = now;
  }
  return world;
}

function* seedsOf({ from = 0, seeds }: Search): Generator<number> {
  for (let seed = from; seed < from + seeds; seed++) yield seed;
}

const isBroken = ({ history }: World): boolean => history.violations.length > 0;

function isEnough(worlds: readonly World[], { until = Infinity }: Search): boolean {
  return worlds.filter(isBroken).length >= until;
}

function summary(worlds: readonly World[], { from = 0 }: Search): Exploration {
  return {
    reads: worlds.reduce((sum, { history }) => sum + history.reads, 0),
    hits: worlds.reduce((sum, { history }) => sum + history.hits, 0),
    found: worlds.flatMap(({ history: { violations: [violation] } }, at) => (violation === undefined ? [] : [{ seed: from + at, violation }])),
    errors: worlds.flatMap(({ errors }) => errors),
  };
}
