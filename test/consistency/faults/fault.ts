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

export function somePlace({ places, random }: World): Place {
  return random.pick(places);
}
