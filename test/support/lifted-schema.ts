import { ApolloServer } from '@apollo/server';
import { buildSchema, isObjectType } from 'graphql';
import { createCache } from '../../src/cache/index.js';
import { cacheDirectivesSDL, responseCachePlugin, type ResponseCachePluginOptions } from '../../src/cache/graphql/index.js';
import { silentLogger } from '../../src/lib/logger.js';

export interface Viewer {
  readonly user?: string;
}

type Resolver = (parent: never, args: never, context: Viewer, info: never) => unknown;

interface Lifted {
  /** SDL, without the engine's directives. */
  readonly typeDefs: string;
  /** Those of fields that the schema lacks are left out. */
  readonly resolvers: Readonly<Record<string, Readonly<Record<string, Resolver>>>>;
  readonly options?: Partial<ResponseCachePluginOptions<Viewer>>;
}

/** The answer to one operation, and how the engine came to it: its `Cache-Status`. */
export interface LiftedAnswer {
  readonly data: unknown;
  readonly errors: readonly string[];
  readonly status: string | null;
}

/** An Apollo Server of one schema with the plugin in it, asked by `executeOperation`. */
export class LiftedSchema {
  private constructor(
    private readonly apollo: ApolloServer<Viewer>,
    private readonly cache: Awaited<ReturnType<typeof createCache>>,
  ) {}

  static async start({ typeDefs, resolvers, options = {} }: Lifted): Promise<LiftedSchema> {
    const cache = await createCache({ jitter: 0 });
    const plugin = responseCachePlugin<Viewer>({ cache, partition: 'single', viewer: ({ user }) => user ?? null, ...options });
    const schema = buildSchema(cacheDirectivesSDL + typeDefs);
    for (const [name, fields] of Object.entries(resolvers)) {
      const type = schema.getType(name);
      for (const [field, resolve] of Object.entries(fields)) {
        const found = isObjectType(type) ? type.getFields()[field] : undefined;
        if (found !== undefined) found.resolve = resolve as NonNullable<typeof found.resolve>;
      }
    }
    const apollo = new ApolloServer<Viewer>({ schema, plugins: [plugin], logger: silentLogger });
    await apollo.start();
    return new LiftedSchema(apollo, cache);
  }

  async ask(query: string, { variables = {}, ...contextValue }: Viewer & { readonly variables?: Record<string, unknown> } = {}): Promise<LiftedAnswer> {
    const { body, http } = await this.apollo.executeOperation({ query, variables }, { contextValue });
    await this.cache.core.drain();
    if (body.kind !== 'single') throw new Error('an answer came in parts');
    const { data, errors = [] } = body.singleResult;
    return { data: JSON.parse(JSON.stringify(data ?? null)) as unknown, errors: errors.map(({ message }) => message), status: http.headers.get('cache-status') ?? null };
  }

  async close(): Promise<void> {
    await this.apollo.stop();
    await this.cache.close();
  }
}
