import type { ApolloServer, ApolloServerPlugin, BaseContext, GraphQLRequestContext, GraphQLRequestContextDidEncounterErrors, GraphQLRequestListener } from '@apollo/server';
import type { GraphQLSchema } from 'graphql';

/** What `@apollo/server` 5 keeps to itself, as far as it is read here. Anything may be missing in another version. */
interface Internals {
  readonly plugins?: unknown;
  readonly csrfPreventionRequestHeaders?: unknown;
  readonly stringifyResult?: { readonly name?: unknown };
  readonly state?: { readonly phase?: unknown; readonly schemaManager?: { getSchemaDerivedData?(): { readonly schema?: GraphQLSchema } } };
}

/** What another plugin listens with, for one request. */
interface Heard {
  readonly plugin: ApolloServerPlugin;
  readonly name: string;
  /** Apollo asks it for a response after the response cache. */
  readonly isAfter: boolean;
  readonly listener: GraphQLRequestListener<BaseContext>;
  /** What it adds before the answer is sent, while it does. */
  sending: Promise<void> | undefined;
}

/** Why the response cache leaves an operation to Apollo: a plugin that would not be heard, and the hook. */
export interface UnheardHook {
  readonly plugin: ApolloServerPlugin;
  readonly name: string;
  readonly hook: 'executionDidStart' | 'responseForOperation';
}

/** Plugins of Apollo that need not see a request that is answered in front of it. */
const HARMLESS: readonly unknown[] = ['CacheControl', 'DisableSuggestions', 'InlineTrace', 'LandingPageDisabled', 'SchemaReporting'];
/** How Apollo writes an answer, unless it is told otherwise. */
const PLAIN_JSON = 'prettyJSONStringify';

/** By request: the listeners of the other plugins. */
const heardOf = new WeakMap<object, Heard[]>();
/** By what stands in a plugin's place: the plugin. */
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

  /** What has to see every request or write every answer, by name: then nothing may be answered in front of it. */
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

/** Does what the plugin does, and notes what it listens with: Apollo tells no plugin of the others. */
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

/** The same object but for one member. Its methods run on itself, since they may have what only it has. */
function withMember<Of extends object, Name extends keyof Of>(of: Of, name: Name, value: NonNullable<Of[Name]>): Of {
  // Not a proxy of the object: of one that is frozen, no member may be another.
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

/** Resolves when the other plugins have added to an answer what they add before it is sent. */
export async function othersHaveSent(request: object): Promise<void> {
  // Apollo asks all of them in one turn: those further down are asked before this goes on.
  await Promise.resolve();
  await Promise.allSettled((heardOf.get(request) ?? []).map(async ({ sending }) => sending));
}

/**
 * The first hook that an answer from pieces would keep Apollo from calling, and that may refuse. Hooks of execution are called
 * for what Apollo executes, and a plugin further down is asked for a response only where nothing before it has one.
 */
export function unheardHook(request: object, observers: readonly object[]): UnheardHook | null {
  for (const { plugin, name, isAfter, listener } of heardOf.get(request) ?? []) {
    if (observers.includes(plugin) || apolloIdOf(plugin) !== null) continue;
    if (listener.executionDidStart !== undefined) return { plugin, name, hook: 'executionDidStart' };
    if (isAfter && listener.responseForOperation !== undefined) return { plugin, name, hook: 'responseForOperation' };
  }
  return null;
}

/** Tells the other plugins of the errors of a request, as Apollo does of those of its own execution. */
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
