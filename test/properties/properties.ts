import { Keys } from './keys/keys.js';
import { anotherSchema, apiSchema } from './keys/known-schemas.js';
import { Pieces } from './pieces/pieces.js';
import type { Property } from './property.js';

/** Each in a run as long as it should be, in the order in which they are checked. */
export const CASES = {
  keys: 50_000,
  'keys-synthetic': 10_000,
  pieces: 10_000,
  'pieces-and-fields': 2_000,
} as const;

export type PropertyName = keyof typeof CASES;

export const PROPERTY_NAMES = Object.keys(CASES) as readonly PropertyName[];

const open: Readonly<Record<PropertyName, () => Property | Promise<Property>>> = {
  keys: async () => new Keys(await apiSchema()),
  'keys-synthetic': () => new Keys(anotherSchema()),
  pieces: () => new Pieces('pieces', false),
  'pieces-and-fields': () => new Pieces('pieces-and-fields', true),
};

export async function openProperty(name: PropertyName): Promise<Property> {
  return open[name]();
}

/** @throws RangeError when there is no such property. */
export function propertyNamed(wanted: string): PropertyName {
  const found = PROPERTY_NAMES.find((name) => name === wanted);
  if (found === undefined) throw new RangeError(`there is no property ${wanted}; there are ${PROPERTY_NAMES.join(', ')}`);
  return found;
}
