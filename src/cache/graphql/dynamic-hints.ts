import { defaultFieldResolver, isObjectType, type GraphQLField, type GraphQLNamedType, type GraphQLResolveInfo, type GraphQLSchema } from 'graphql';
import type { Reader } from '../core/reader.js';
import type { CacheScope } from '../core/policy.js';
import { hintOnType, secondsToMilliseconds } from './hints.js';
import { readerOf } from './request-state.js';

/** In seconds, as Apollo Server has it. */
interface DynamicHint {
  readonly maxAge?: number;
  readonly scope?: CacheScope;
}

/**
 * Gives resolvers what Apollo Server gives them as `info.cacheControl`, when a piece is executed without it; and has what a
 * mutation answers read after it. Each schema once, in place.
 */
export function prepareSchema(schema: GraphQLSchema): void {
  if (prepared.has(schema)) return;
  prepared.add(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const isMutation = type === schema.getMutationType();
    for (const field of Object.values(type.getFields()) as GraphQLField<unknown, object>[]) {
      // A field without a resolver of its own gives no hints.
      if (field.resolve !== undefined && field.resolve !== defaultFieldResolver) giveHints(field);
      if (isMutation) renewAfter(field);
    }
  }
}

const prepared = new WeakSet<GraphQLSchema>();

function giveHints(field: GraphQLField<unknown, object>): void {
  const { resolve = defaultFieldResolver } = field;
  field.resolve = (parent, args, context, info) => {
    const reader = readerOf(context);
    if (reader !== null) (info as { cacheControl?: unknown }).cacheControl ??= new PieceCacheControl(reader);
    return resolve(parent, args, context, info);
  };
}

/** What this request reads from now on, it reads after its change (F7). */
function renewAfter(field: GraphQLField<unknown, object>): void {
  const { resolve = defaultFieldResolver } = field;
  field.resolve = async (parent, args, context, info: GraphQLResolveInfo) => {
    try {
      return await resolve(parent, args, context, info);
    } finally {
      readerOf(context)?.request.renew();
    }
  };
}

/** The same members as Apollo Server's; but a hint may tighten what the schema says, and never loosen it (P1). */
class PieceCacheControl {
  readonly cacheHint: DynamicHint & { readonly restrict: (hint: DynamicHint) => void; readonly replace: (hint: DynamicHint) => void; readonly policyIfCacheable: () => null };

  constructor(private readonly reader: Reader<unknown>) {
    const restrict = (hint: DynamicHint): void => this.setCacheHint(hint);
    this.cacheHint = { restrict, replace: restrict, policyIfCacheable: () => null };
  }

  readonly setCacheHint = ({ maxAge, scope }: DynamicHint): void => {
    this.reader.collector.restrict({
      ...(maxAge === undefined ? {} : { maxAge: secondsToMilliseconds(maxAge) }),
      ...(scope === undefined ? {} : { scope }),
    });
  };

  readonly cacheHintFromType = (type: GraphQLNamedType): DynamicHint | undefined => {
    const hint = hintOnType(type);
    if (hint === null) return undefined;
    return {
      ...(hint.maxAge === undefined ? {} : { maxAge: hint.maxAge / 1000 }),
      ...(hint.scope === undefined ? {} : { scope: hint.scope }),
    };
  };
}
