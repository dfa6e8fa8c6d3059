import type { ApolloServer, ApolloServerPlugin, BaseContext } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';

/** What `@apollo/server` 5 keeps to itself, as far as it is read here. Anything may be missing in another version. */
interface Internals {
  readonly plugins?: unknown;
  readonly csrfPreventionRequestHeaders?: unknown;
  readonly state?: { readonly phase?: unknown; readonly schemaManager?: { getSchemaDerivedData?(): { readonly schema?: GraphQLSchema } } };
}

/** The schema that a server answers with now; null while it answers nothing, and where it does not say. */
export function schemaOf<Context extends BaseContext>(server: ApolloServer<Context>): GraphQLSchema | null {
  const { phase, schemaManager } = internalsOf(server).state ?? {};
  if (phase !== 'started' && phase !== 'draining') return null;
  return schemaManager?.getSchemaDerivedData?.().schema ?? null;
}

/** A server's plugins, Apollo's own among them; null where it does not say. */
export function pluginsOf<Context extends BaseContext>(server: ApolloServer<Context>): readonly ApolloServerPlugin<Context>[] | null {
  const { plugins } = internalsOf(server);
  return Array.isArray(plugins) ? (plugins as ApolloServerPlugin<Context>[]) : null;
}

function internalsOf<Context extends BaseContext>(server: ApolloServer<Context>): Internals {
  return (server as unknown as { readonly internals?: Internals }).internals ?? {};
}
