import { describe, expect, it } from 'vitest';
import type { Mechanism } from '../../src/cache/core/mechanisms.js';
import { exploreEngine } from './explore.js';

const WORLDS = 40;
/** So many worlds are enough to miss any one mechanism. */
const WORLDS_PER_MECHANISM = 10;

const MECHANISMS: readonly { readonly mechanism: Mechanism; readonly invariant: string }[] = [
  { mechanism: 'stamp', invariant: 'F1' },
  { mechanism: 'flight-check', invariant: 'F2' },
  { mechanism: 'trust', invariant: 'F3' },
  { mechanism: 'outbox', invariant: 'F4' },
  { mechanism: 'mark-per-epoch', invariant: 'F4' },
  { mechanism: 'epoch-rule', invariant: 'F5' },
];

describe('the engine itself, in the worlds of the model', () => {
  it(`F1–F5: no client of ${WORLDS} worlds sees anything old, and every node comes to rest`, async () => {
    const { found, errors, reads, hits } = await exploreEngine({ seeds: WORLDS });
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
    expect(hits).toBeGreaterThan(reads / 10);
  });

  for (const { mechanism, invariant } of MECHANISMS) {
    it(`${invariant} is broken without the mechanism ${mechanism}`, async () => {
      const { found } = await exploreEngine({ seeds: WORLDS_PER_MECHANISM, until: 1 }, [mechanism]);
      expect(found).toHaveLength(1);
    });
  }
});
