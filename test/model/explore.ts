import { EngineNode } from './engine-node.js';
import type { Violation } from './history.js';
import { ModelNode } from './node.js';
import type { Omission } from './rules.js';
import { World } from './world.js';

export interface Found {
  readonly seed: number;
  readonly violation: Violation;
}

export interface Exploration {
  readonly reads: number;
  readonly hits: number;
  /** The first violation of each seed that has one. */
  readonly found: readonly Found[];
}

/** Plays one world of nodes that follow the rules, but for those left out. */
export function playModel(seed: number, without: readonly Omission[] = []): World {
  const world = new World({ seed, without: new Set(without), makeNode: (of, index) => new ModelNode(of, index) });
  for (const _ of world.play());
  return world;
}

/** Plays so many worlds of the model; with `until`, stops after so many with a violation. */
export function explore(seeds: number, without: readonly Omission[] = [], until = Infinity): Exploration {
  const found: Found[] = [];
  let reads = 0;
  let hits = 0;
  for (let seed = 0; seed < seeds && found.length < until; seed++) {
    const { history } = playModel(seed, without);
    reads += history.reads;
    hits += history.hits;
    const [violation] = history.violations;
    if (violation !== undefined) found.push({ seed, violation });
  }
  return { reads, hits, found };
}

/** Plays one world of nodes made of the engine. Time is the world's: each step ends when no promise is left to settle. */
export async function playEngine(seed: number, without: readonly Omission[] = []): Promise<World> {
  const { now } = performance;
  const world = new World({ seed, without: new Set(without), deadline: 500, makeNode: (of, index) => new EngineNode(of, index) });
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
