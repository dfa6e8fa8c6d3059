import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import type { Admin } from './admin/admin.js';
import { createAdminResolver } from './admin/resolver.js';
import { buildSchema } from './graphql/build-schema.js';
import { createNodeResolver } from './graphql/node.js';
import { nodes as pharmacyNodes, resolvers as pharmacy } from './modules/pharmacy/pharmacy.module.js';
import { nodes as tenancyNodes, resolvers as tenancy } from './modules/tenancy/tenancy.module.js';

/**
 * The API's schema, of all modules; bare, without caches and authorization, which the composition root wraps around it.
 *
 * @param admin the running system that the admin fields act on; left out by those who want the schema only.
 */
export function buildApiSchema(admin?: () => Admin): Promise<GraphQLSchema> {
  const system = admin ?? ((): never => {
    throw new Error('this schema was built without a running system');
  });
  return buildSchema([...tenancy, ...pharmacy, createNodeResolver([...tenancyNodes, ...pharmacyNodes]), createAdminResolver(system)]);
}
