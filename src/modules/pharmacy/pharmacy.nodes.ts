import type { EntityLoader, EntityLoaderDefinition } from '../../cache/index.js';
import type { Context, ReadDb } from '../../graphql/context.js';
import type { NodeSource } from '../../graphql/node.js';
import { uuidOrNull } from '../../graphql/uuid.js';
import { categoryById } from './category.loaders.js';
import { groupById } from './medicine-group.loaders.js';
import { medicineById } from './medicine.loaders.js';
import { productIdOrNull } from './product-id.js';
import { productById } from './product.loaders.js';

/** Rows of a loader: what is no id of its kind is not looked up, nor what belongs to a tenant when none is asked. */
function source<Row extends object>(
  type: string,
  definition: EntityLoaderDefinition<ReadDb, string, Row>,
  idOrNull: (id: string) => string | null,
): NodeSource {
  const rowOf = async (loader: EntityLoader<string, Row>, id: string): Promise<Row | null> => {
    const known = idOrNull(id);
    return known === null ? null : loader.load(known);
  };
  return {
    type,
    reads: [definition],
    find: async (ctx: Context, ids) => {
      if (definition.partition === 'own' && ctx.tenantOrNull === null) return ids.map(() => null);
      const loader = ctx.load(definition);
      return Promise.all(ids.map((id) => rowOf(loader, id)));
    },
  };
}

/** Types of this module that implement `Node`. */
export const nodes: readonly NodeSource[] = [
  source('Product', productById, productIdOrNull),
  source('Medicine', medicineById, uuidOrNull),
  source('Category', categoryById, uuidOrNull),
  source('MedicineGroup', groupById, uuidOrNull),
];
