import { setTimeout as pause } from 'node:timers/promises';
import type { Place, World } from '../world.js';

/** Something that goes wrong, and then is repaired. */
export interface Fault {
  readonly name: string;
  readonly what: string;
  /**
   * Resolves when everything runs again; what the nodes have to catch up with then is their affair.
   *
   * @returns false when it could not be brought about, so that it is not counted.
   */
  readonly inject: (world: World) => Promise<boolean>;
}

/** How long a fault lasts: longer than a node trusts its copy, so that it has to notice. */
export const LASTING = 3_000;

export function rest(milliseconds: number): Promise<void> {
  return pause(milliseconds);
}

/** How long nodes may take to rely on their copies again. A run is slower than a service: the machine has all of it to do. */
const RECOVERY = 10_000;

/** Resolves when the nodes rely on their copies again. @throws Error when one of them does not. */
export async function areTrustedAgain(places: readonly Place[]): Promise<void> {
  const until = performance.now() + RECOVERY;
  for (const { node } of places) {
    for (;;) {
      const report = await node.report();
      if (report?.standing === 'trusted') break;
      if (performance.now() > until) throw new Error(`node ${node.index} has not recovered within ${RECOVERY / 1_000} s: it is ${report?.standing ?? 'silent'}`);
      await rest(50);
    }
  }
}

export function somePlace({ places, random }: World): Place {
  return random.pick(places);
}
