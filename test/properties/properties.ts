import { startServices } from '../support/start-services.js';
import { ApiAnswers } from './api/api-answers.js';
import type { NeededServices } from './api/two-apis.js';
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
  api: 20_000,
} as const;

export type PropertyName = keyof typeof CASES;

export const PROPERTY_NAMES = Object.keys(CASES) as readonly PropertyName[];

const open: Readonly<Record<PropertyName, (services: () => Promise<NeededServices>) => Property | Promise<Property>>> = {
  keys: async () => new Keys(await apiSchema()),
  'keys-synthetic': () => new Keys(anotherSchema()),
  pieces: () => new Pieces('pieces', false),
  'pieces-and-fields': () => new Pieces('pieces-and-fields', true),
  api: async (services) => ApiAnswers.open(await services()),
};

/** @param services asked only by those that need a database: by default they start their own. */
export async function openProperty(name: PropertyName, services: () => Promise<NeededServices> = startServices): Promise<Property> {
  return open[name](services);
}

/** @throws RangeError when there is no such property. */
export function propertyNamed(wanted: string): PropertyName {
  const found = PROPERTY_NAMES.find((name) => name === wanted);
  if (found === undefined) throw new RangeError(`there is no property ${wanted}; there are ${PROPERTY_NAMES.join(', ')}`);
  return found;
}
