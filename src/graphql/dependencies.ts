import { Directive } from 'type-graphql';
import type { schema } from '../database/schema.js';

type Tables = typeof schema;
/** As the database calls them. */
export type TableName = Extract<Tables[keyof Tables], { readonly _: { readonly name: string } }>['_']['name'];

/** A loader or a list; or a table, for what is read otherwise. */
export type ReadFrom = { readonly name: string } | TableName;

/**
 * Says what a field's value or a type's rows are made from, for the cache audit: every loader and list that the resolver reads,
 * and `tenantById` where it asks for the tenant or the language.
 */
export function Reads(...from: readonly ReadFrom[]): ClassDecorator & MethodDecorator & PropertyDecorator {
  const names = from.map((one) => (typeof one === 'string' ? one : one.name));
  return Directive(`@reads(from: ${JSON.stringify([...new Set(names)])})`);
}

/** Says which tables a mutation may write, cascades included, for the cache audit: whatever is made from them it invalidates. */
export function Writes(...tables: readonly TableName[]): MethodDecorator {
  return Directive(`@invalidates(tables: ${JSON.stringify(tables)})`);
}
