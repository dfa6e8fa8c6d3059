import { inject } from 'vitest';
import { NOTHING, type Mechanism, type Without } from '../../src/cache/core/mechanisms.js';

/** What the tests of this run are to do without: nothing, unless `npm run mechanisms` runs them. */
export function withoutMechanism(): Without {
  // Provided by the set-up of those tests that need services; the others have none.
  const name = inject('without') as Mechanism | '' | undefined;
  return name === undefined || name === '' ? NOTHING : new Set([name]);
}
