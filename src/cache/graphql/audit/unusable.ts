import { isInterfaceType, isObjectType, type GraphQLNamedType, type GraphQLSchema } from 'graphql';
import { hintOn, hintOnType } from '../hints.js';
import { reachable } from './reach.js';

/** Hints where nothing is ever stored: on roots other than Query, and on what no query can select. */
export function unusable(schema: GraphQLSchema): readonly string[] {
  const [mutation, subscription] = [schema.getMutationType(), schema.getSubscriptionType()];
  const queried = reachable(schema, schema.getQueryType());
  const replied = reachable(schema, mutation, subscription);
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__')) return [];
    if (type === mutation || type === subscription) {
      return hinted(type).map((name) => `${name} has a cache hint, and replies of ${type.name.toLowerCase()}s are never stored; remove it, or hint the query that reads the same.`);
    }
    if (queried.has(type)) return [];
    // The fields of objects that implement it are limited by what it says of them.
    if (isInterfaceType(type) && schema.getPossibleTypes(type).some((object) => queried.has(object))) {
      return hintOnType(type) === null ? [] : [`${type.name} has a cache hint, and no query returns it; put the hint on the types that implement it.`];
    }
    const why = replied.has(type) ? 'only replies that are never stored contain it' : 'no query can select it';
    return hinted(type).map((name) => `${name} has a cache hint, and ${why}; remove the hint, or let a query return ${type.name}.`);
  });
}

/** The type itself, and those of its fields that have a hint. */
function hinted(type: GraphQLNamedType): readonly string[] {
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const ofFields = fields.filter(({ astNode }) => hintOn(astNode) !== null).map(({ name }) => `${type.name}.${name}`);
  return hintOnType(type) === null ? ofFields : [type.name, ...ofFields];
}
