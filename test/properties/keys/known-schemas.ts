import { buildApiSchema } from '../../../src/schema.js';
import { SYNTHETIC_SCALARS, syntheticSchema } from '../synthetic/schema.js';
import type { KeysOptions } from './keys.js';

/** The API's own schema. */
export async function apiSchema(): Promise<KeysOptions> {
  return {
    name: 'keys',
    schema: await buildApiSchema(),
    permission: { directive: 'requires', argument: 'role' },
    permissions: ['STAFF', 'TENANT_ADMIN', 'PLATFORM_ADMIN'],
    sharedTypes: new Set(['ProductConnection', 'ProductEdge', 'Product', 'MedicineGroupConnection', 'MedicineGroupEdge', 'MedicineGroup', 'PageInfo']),
  };
}

/** One that has what the API's has not: scalars without a type of their own, input objects, interfaces of interfaces. */
export function anotherSchema(): KeysOptions {
  return {
    name: 'keys-synthetic',
    schema: syntheticSchema(),
    scalars: SYNTHETIC_SCALARS,
    permission: { directive: 'needs', argument: 'permission' },
    permissions: ['read', 'write'],
    sharedTypes: new Set(['Global', 'Part']),
  };
}
