import type { Mechanism } from '../../src/cache/core/mechanisms.js';
import { EngineNode } from './engine-node.js';
import type { Violation } from './history.js';
import { ModelNode } from './node.js';
import type { Omission } from './rules.js';
import { World } from './world.js';

/** What came of playing many worlds. */
export class Exploration {
  reads = 0;
  hits = 0;
  /** The first promise that was broken in each world where any was. */
  readonly found: { readonly seed: number; readonly violation: Violation }[] = [];
  /** What no world may throw. */
  readonly errors: { readonly seed: number; readonly error: unknown }[] = [];

  add(seed: number, { history, errors }: World): void {
    this.reads += history.reads;
    this.hits += history.hits;
    this.errors.push(...errors.map((error) => ({ seed, error })));
    const [violation] = history.violations;
    if (violation !== undefined) this.found.push({ seed, violation });
  }
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
  const exploration = new Exploration();
  for (const seed of seedsOf(search, exploration)) exploration.add(seed, playModel(seed, without));
  return exploration;
}

/** Plays worlds of nodes made of the engine, but for mechanisms taken out. */
export async function exploreEngine(search: Search, without: readonly Mechanism[] = []): Promise<Exploration> {
  const exploration = new Exploration();
  for (const seed of seedsOf(search, exploration)) exploration.add(seed, await playEngine(seed, without));
  return exploration;
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

function* seedsOf({ from = 0, seeds, until = Infinity }: Search, { found }: Exploration): Generator<number> {
  for (let seed = from; seed < from + seeds && found.length < until; seed++) yield seed;
}
