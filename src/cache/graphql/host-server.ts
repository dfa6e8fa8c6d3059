import type { ApolloServer, ApolloServerPlugin, BaseContext, GraphQLRequestContext, GraphQLRequestContextDidEncounterErrors, GraphQLRequestListener } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';

/** Private members of `@apollo/server` 5 that are read here. Any of them may be missing in another version. */
interface Internals {
  readonly plugins?: unknown;
  readonly csrfPreventionRequestHeaders?: unknown;
  readonly stringifyResult?: { readonly name?: unknown };
  readonly state?: { readonly phase?: unknown; readonly schemaManager?: { getSchemaDerivedData?(): { readonly schema?: GraphQLSchema } } };
}

/** The request listener of another plugin, for one request. */
interface Heard {
  readonly plugin: ApolloServerPlugin;
  readonly name: string;
  /** Whether Apollo calls its `responseForOperation` after that of the response cache. */
  readonly isAfter: boolean;
  readonly listener: GraphQLRequestListener<BaseContext>;
  /** Its pending `willSendResponse`. */
  sending: Promise<void> | undefined;
}

/** Why the response cache leaves an operation to Apollo: a plugin's hook that Apollo would not call for a stored answer. */
export interface UnheardHook {
  readonly plugin: ApolloServerPlugin;
  readonly name: string;
  readonly hook: 'executionDidStart' | 'responseForOperation';
}

/** Plugins of Apollo that need not see a request that is answered in front of it. */
const HARMLESS: readonly unknown[] = ['CacheControl', 'DisableSuggestions', 'InlineTrace', 'LandingPageDisabled', 'SchemaReporting'];
/** Name of Apollo's default `stringifyResult`. */
const PLAIN_JSON = 'prettyJSONStringify';

/** By request: the listeners of the other plugins. */
const heardOf = new WeakMap<object, Heard[]>();
/** The plugin behind each proxy. */
const originals = new WeakMap<object, ApolloServerPlugin>();

/** An Apollo Server with the response cache among its plugins, as far as the cache has to know it. */
export class HostServer<Context extends BaseContext> {
  readonly #internals: Internals;

  constructor(
    server: ApolloServer<Context>,
    private readonly own: object,
    private readonly observers: readonly object[],
  ) {
    this.#internals = (server as unknown as { readonly internals?: Internals }).internals ?? {};
    this.#noteListeners();
  }

  /** The schema that the server answers with now; null while it answers nothing. */
  get schema(): GraphQLSchema | null {
    const { phase, schemaManager } = this.#internals.state ?? {};
    if (phase !== 'started' && phase !== 'draining') return null;
    return schemaManager?.getSchemaDerivedData?.().schema ?? null;
  }

  /** Names of plugins and options that must see every request or write every answer: Apollo then answers everything. */
  get seesEveryRequest(): readonly string[] {
    const plugins = this.#plugins;
    if (plugins === null) return ['plugins that this version of Apollo Server does not tell'];
    const names = plugins.flatMap((plugin, at) => (this.#mayBePassed(plugin) ? [] : [nameOf(plugin, at)]));
    return this.#internals.stringifyResult?.name === PLAIN_JSON ? names : [...names, 'stringifyResult'];
  }

  /** Of `csrfPrevention`: headers, in lower case, of which a GET has one. Null where any GET is answered. */
  get preflighted(): readonly string[] | null {
    const { csrfPreventionRequestHeaders: names } = this.#internals;
    if (names === null) return null;
    return Array.isArray(names) ? names.map((name) => String(name).toLowerCase()) : [];
  }

  get #plugins(): ApolloServerPlugin[] | null {
    const { plugins } = this.#internals;
    return Array.isArray(plugins) ? (plugins as ApolloServerPlugin[]) : null;
  }

  #isOwn(plugin: ApolloServerPlugin): boolean {
    return (originals.get(plugin) ?? plugin) === this.own;
  }

  #mayBePassed(plugin: ApolloServerPlugin): boolean {
    if (this.#isOwn(plugin) || plugin.requestDidStart === undefined || HARMLESS.includes(apolloIdOf(plugin))) return true;
    return this.observers.includes(originals.get(plugin) ?? plugin);
  }

  #noteListeners(): void {
    const plugins = this.#plugins ?? [];
    const own = plugins.findIndex((plugin) => this.#isOwn(plugin));
    plugins.forEach((plugin, at) => {
      if (this.#isOwn(plugin) || plugin.requestDidStart === undefined || originals.has(plugin)) return;
      plugins[at] = noting(plugin, { name: nameOf(plugin, at), isAfter: at > own });
    });
  }
}

/** A proxy of a plugin that records its request listeners: Apollo shows no plugin the others. */
function noting(plugin: ApolloServerPlugin, place: Pick<Heard, 'name' | 'isAfter'>): ApolloServerPlugin {
  const requestDidStart = async (request: GraphQLRequestContext<BaseContext>): Promise<GraphQLRequestListener<BaseContext> | void> => {
    const listener = await plugin.requestDidStart?.(request);
    if (typeof listener !== 'object') return listener;
    const heard: Heard = { plugin, listener, ...place, sending: undefined };
    heardOf.set(request, [...(heardOf.get(request) ?? []), heard]);
    if (listener.willSendResponse === undefined) return listener;
    return withMember(listener, 'willSendResponse', (sent) => (heard.sending = listener.willSendResponse?.(sent)) ?? Promise.resolve());
  };
  const proxy = withMember(plugin, 'requestDidStart', requestDidStart);
  originals.set(proxy, plugin);
  return proxy;
}

/** A proxy of an object with one member replaced. Methods run on the object itself, since they may use private members. */
function withMember<Of extends object, Name extends keyof Of>(of: Of, name: Name, value: NonNullable<Of[Name]>): Of {
  // The proxy's target is another object: a proxy of a frozen object may not replace its members.
  return new Proxy({} as Of, {
    get: (_, asked) => {
      if (asked === name) return value;
      const member: unknown = Reflect.get(of, asked, of);
      return typeof member === 'function' ? (member.bind(of) as unknown) : member;
    },
    has: (_, asked) => Reflect.has(of, asked),
    set: (_, asked, given) => Reflect.set(of, asked, given, of),
    getPrototypeOf: () => Reflect.getPrototypeOf(of),
  });
}

/** Resolves when `willSendResponse` of the other plugins has ended. */
export async function othersHaveSent(request: object): Promise<void> {
  // Apollo calls all of them in one turn: plugins further down the list are called before this goes on.
  await Promise.resolve();
  await Promise.allSettled((heardOf.get(request) ?? []).map(async ({ sending }) => sending));
}

/**
 * The first hook that may refuse and that Apollo would not call for an answer from pieces. Apollo calls execution hooks only for
 * what it executes, and `responseForOperation` only until one plugin answers.
 */
export function unheardHook(request: object, observers: readonly object[]): UnheardHook | null {
  for (const { plugin, name, isAfter, listener } of heardOf.get(request) ?? []) {
    if (observers.includes(plugin) || apolloIdOf(plugin) !== null) continue;
    if (listener.executionDidStart !== undefined) return { plugin, name, hook: 'executionDidStart' };
    if (isAfter && listener.responseForOperation !== undefined) return { plugin, name, hook: 'responseForOperation' };
  }
  return null;
}

/** Calls `didEncounterErrors` of the other plugins, as Apollo does for errors of its own execution. */
export async function tellOfErrors(request: object): Promise<void> {
  const failed = request as GraphQLRequestContextDidEncounterErrors<BaseContext>;
  await Promise.all((heardOf.get(request) ?? []).map(async ({ listener }) => listener.didEncounterErrors?.(failed)));
}

function nameOf(plugin: ApolloServerPlugin, at: number): string {
  const id = apolloIdOf(plugin);
  if (id !== null) return `ApolloServerPlugin${id}`;
  const { name } = (originals.get(plugin) ?? plugin).constructor;
  return name === 'Object' || name === '' ? `plugins[${at}]` : name;
}

/** Null for a plugin that is not Apollo's. */
function apolloIdOf(plugin: ApolloServerPlugin): string | null {
  const { __internal_plugin_id__: id } = plugin as { readonly __internal_plugin_id__?: unknown };
  return typeof id === 'string' ? id : null;
}
