import { describe, expect, it } from 'vitest';
import { exploreModel } from './explore.js';
import { OMISSIONS } from './rules.js';

const WORLDS = 150;
/** So many worlds are enough to show what any one rule is for. */
const WORLDS_PER_RULE = 60;

describe('the rules of the ledger, under kills, stops, flushes, old dumps, fail-over and split brain', () => {
  it(`F1–F5: with all rules, no client of ${WORLDS} worlds sees anything old`, () => {
    const { found, errors, reads, hits } = exploreModel({ seeds: WORLDS });
    expect(found).toEqual([]);
    expect(errors).toEqual([]);
    // Worlds in which nothing is ever found stored would prove nothing.
    expect(hits).toBeGreaterThan(reads / 10);
  });

  for (const { name, from, invariant, rule } of OMISSIONS) {
    it(`${invariant} is broken without the rule that ${rule}`, () => {
      const { found } = exploreModel({ from, seeds: WORLDS_PER_RULE, until: 1 }, [name]);
      expect(found).toHaveLength(1);
    });
  }
});
