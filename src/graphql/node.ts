import { Arg, Args, ArgsType, Ctx, Field, ID, InterfaceType, Query, Resolver } from 'type-graphql';
import type { ResolverClass } from './build-schema.js';
import { CacheProfile } from './cache-profile.js';
import { MAX_PAGE_SIZE } from './connection.js';
import type { Context } from './context.js';
import { Reads, type ReadFrom } from './dependencies.js';
import { NULL_WITH_ERROR } from './root-fields.js';
import { rule } from './validation.js';

/** What a node's row is told from others by: rows are plain data, so that they can be cached, and no instances. */
interface Typed {
  readonly __typename: string;
}

@InterfaceType({
  description: 'Whatever is known by its id alone. Ids are unique across types: `node(id)` takes them as they are.',
  resolveType: ({ __typename }: Typed) => __typename,
})
export abstract class Node {
  @Field(() => ID)
  readonly id!: string;
}

/** How one type's rows are found by their ids. */
export interface NodeSource {
  /** The name of a type that implements `Node`. */
  readonly type: string;
  /** What its rows are read from. */
  readonly reads: readonly ReadFrom[];
  /** One answer per id, in order: null for ids of other types, of nothing, or of what the request's tenant may not see. */
  readonly find: (ctx: Context, ids: readonly string[]) => Promise<readonly (object | null)[]>;
}

@ArgsType()
class NodesArgs {
  @rule({ name: 'several', accepts: (ids) => (ids as unknown[]).length <= MAX_PAGE_SIZE, remedy: `give at most ${MAX_PAGE_SIZE}` })
  @Field(() => [ID], { description: `At most ${MAX_PAGE_SIZE}.` })
  readonly ids!: string[];
}

/**
 * `node` and `nodes`. Public data only: which viewer asks plays no part, so that all of a tenant's share the answers.
 *
 * @param sources asked one after the other, each for what those before it have not found: those asked for most, first.
 */
export function createNodeResolver(sources: readonly NodeSource[]): ResolverClass {
  const reads = sources.flatMap((source) => source.reads);

  @Resolver()
  class NodeResolver {
    @CacheProfile('detail')
    @Reads(...reads)
    @Query(() => Node, { nullable: true, description: `Anything by its id. Null when there is nothing with it, or nothing of the tenant of the request. ${NULL_WITH_ERROR}` })
    async node(@Arg('id', () => ID) id: string, @Ctx() ctx: Context): Promise<Typed | null> {
      return (await findNodes(sources, ctx, [id]))[0] ?? null;
    }

    @CacheProfile('detail')
    @Reads(...reads)
    @Query(() => [Node], { nullable: 'itemsAndList', description: `As \`node\`, for many at once; in the order of their ids, with null for an id of nothing. ${NULL_WITH_ERROR}` })
    nodes(@Args(() => NodesArgs) { ids }: NodesArgs, @Ctx() ctx: Context): Promise<readonly (Typed | null)[]> {
      return findNodes(sources, ctx, ids);
    }
  }
  return NodeResolver;
}

async function findNodes(sources: readonly NodeSource[], ctx: Context, ids: readonly string[]): Promise<readonly (Typed | null)[]> {
  const found = new Map<string, Typed>();
  for (const { type, find } of sources) {
    const open = ids.filter((id) => !found.has(id));
    if (open.length === 0) break;
    const rows = await find(ctx, open);
    for (const [at, row] of rows.entries()) if (row !== null) found.set(open[at] as string, { ...row, __typename: type });
  }
  return ids.map((id) => found.get(id) ?? null);
}
