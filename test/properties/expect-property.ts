import { expect } from 'vitest';
import type { NeededServices } from './api/two-apis.js';
import { CASES, openProperty, type PropertyName } from './properties.js';
import { report, run } from './property.js';

const SEED = 20_260;
const SHARE = 1 / 20;

/** Checks a twentieth of the cases, always the same ones. */
export async function expectProperty(name: PropertyName, services?: () => Promise<NeededServices>): Promise<void> {
  const count = Math.ceil(CASES[name] * SHARE);
  process.stdout.write(`${name}: ${count} cases of seed ${SEED}\n`);
  const property = await openProperty(name, services);
  try {
    const found = await run(property, { seed: SEED, count, onCase: () => undefined, print: () => undefined });
    expect(found === null ? 'it holds' : report(name, SEED, found)).toBe('it holds');
  } finally {
    await property.close?.();
  }
}
