import { isObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { Collector, type Tag } from '../../src/cache/index.js';
import type { Context } from '../../src/graphql/context.js';

/**
 * From now on, what each field reads is noted: the tables of the tags that its resolver collects, or of the stored value that
 * stands in for it.
 *
 * @returns table names by `Type.field`.
 */
export function watchReads(schema: GraphQLSchema): ReadonlyMap<string, Set<string>> {
  const seen = new Map<string, Set<string>>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields()) as GraphQLField<unknown, Context>[]) {
      const { resolve } = field;
      if (resolve === undefined) continue;
      const tables = new Set<string>();
      seen.set(`${type.name}.${field.name}`, tables);
      field.resolve = async (parent, args, context, info) => {
        const collector = new Collector(context.reader.partition);
        try {
          return await resolve(parent, args, context.within(context.reader.within(collector), { shared: false, scope: 'PRIVATE' }), info);
        } finally {
          for (const tag of collector.tags) tables.add(tableOf(tag));
        }
      };
    }
  }
  return seen;
}

export function tableOf(tag: Tag | string): string {
  return /^t\/[^/]+\/(\w+)/.exec(tag)?.[1] ?? tag;
}
