import type { ApolloServer, ApolloServerPlugin, BaseContext, GraphQLRequestContext, GraphQLRequestListener, GraphQLServerListener } from '@apollo/server';
import { OperationTypeNode, type GraphQLError, type GraphQLField, type GraphQLSchema } from 'graphql';
import type { Cache } from '../core/cache.js';
import { CacheError } from '../core/errors.js';
import { BYPASS, isCovered, positionToken } from '../core/position-token.js';
import { Reader, type Sources } from '../core/reader.js';
import type { CacheRequest } from '../core/request.js';
import { GLOBAL, partition, SINGLE, type Partition } from '../core/tags.js';
import { describeAnswer } from './answer-headers.js';
import type { AnsweredPiece, Question } from './answered-piece.js';
import { apolloPlugin } from './apollo-plugin.js';
import { prepareSchema } from './dynamic-hints.js';
import type { ExecutorOptions } from './execute-pieces.js';
import type { FormatError } from './format-errors.js';
import { cacheFields, type FieldCacheOptions } from './field-cache.js';
import { secondsToMilliseconds } from './hints.js';
import { HostServer, othersHaveSent, tellOfErrors, unheardHook, type UnheardHook } from './host-server.js';
import type { DownstreamCache } from './http-policy.js';
import type { OperationPlan } from './operation-plan.js';
import { apart, readerOf, stateOf, withState, withStateOfOriginal, type ValidListener } from './request-state.js';
import { ResponseCache } from './response-cache.js';
import { ServedSchemas } from './served-schemas.js';

const NOTHING_ELSE = Object.freeze({});

export interface ResponseCachePluginOptions<Context extends BaseContext, Source = unknown> {
  /** What `createCache` has opened. */
  readonly cache: { readonly core: Cache };
  /**
   * Whose data a request asks for: `'single'` where there are no tenants, else the tenant's id, 1 to 64 letters, digits, `_`
   * or `-`; null for a request of no tenant, for which only what all tenants share is cached. It is part of every key.
   */
  readonly partition: 'single' | ((context: Context) => string | null);
  /** Who asks, for what is PRIVATE. Null, or left out: nothing PRIVATE is stored. */
  readonly viewer?: (context: Context) => string | null;
  /** What else answers depend on that the query does not say: a language, a role. Plain data, part of every key; frozen, it is read once. */
  readonly varyBy?: (context: Context) => Readonly<Record<string, unknown>>;
  /** A copy of the context for what is PUBLIC, without what tells who asks: then no resolver can store one viewer's data for all. */
  readonly withoutViewer?: (context: Context) => Context;
  /** What a viewer has to hold for a field to be answered: who holds it and who does not are answered from different entries. */
  readonly permissionOf?: (field: GraphQLField<unknown, unknown>) => string | null;
  readonly holds?: (context: Context, permission: string) => boolean;
  /** Of root fields and of fields that return objects, where nothing says how long. Seconds, as in Apollo Server. Default 0. */
  readonly defaultMaxAge?: number;
  /** Also caches the value of every resolver whose field has a `maxAge` of its own, at any depth. Default false. */
  readonly fields?: boolean;
  /** Names this build of the resolvers: another's entries are not read. Required with Redis, where entries outlive a process. */
  readonly version?: string;
  /** What loaders and lists of the engine read from, if there are any. */
  readonly sources?: Sources<Source>;
  /** As given to Apollo Server, which does not execute what this plugin answers. */
  readonly formatError?: FormatError;
  readonly execution?: Omit<ExecutorOptions, 'schema'>;
  /**
   * Whether operations of which nothing can be stored are executed by the engine, too: in less time, and without telling Apollo's
   * plugins. Default false: Apollo executes them.
   */
  readonly executesUnstored?: boolean;
  /** Called with errors of fields, also those of known queries. */
  readonly onErrors?: (errors: readonly GraphQLError[], context: Context) => void;
  /**
   * Plugins of the server that only observe: their hooks may be skipped for answers from the cache. Operations that any other
   * plugin hooks in execution are executed by Apollo.
   */
  readonly observers?: readonly ApolloServerPlugin<Context>[];
  /** Whether an error of a resolver means that its source is failing: then a piece in its grace is served. */
  readonly isSourceFailure?: (error: unknown) => boolean;
  /**
   * What browsers and shared caches may do without asking: nothing (`revalidate`, the default), or keep answers for as long as
   * hints say (`cdn`: shared caches only; `all`: as Apollo Server does), and with them what a write has overtaken.
   */
  readonly downstream?: DownstreamCache;
  /** Sends `Cache-Tag` with what other caches may keep, as long as this many bytes: CDNs purge by it. Default 0: not sent. */
  readonly cacheTagBytes?: number;
  /** Request headers that contexts are made of (`Authorization`, `Cookie`), by which other caches tell answers apart. */
  readonly vary?: readonly string[];
  /** Whether the answer is to tell in `extensions.cache` how it came about. */
  readonly explains?: (context: Context) => boolean;
  readonly onAnswer?: (question: Question<Context>, pieces: readonly AnsweredPiece[]) => void;
}

const UNKNOWN_PLUGINS = 'The response cache does not know the other plugins of this server: their didEncounterErrors and executionDidStart are not called for what it answers. If there are any, call honourPluginsOf(server).';
/** Advice in the log for a hook that would not be called. */
const REMEDIES: Readonly<Record<UnheardHook['hook'], string>> = {
  executionDidStart: 'its executionDidStart or willResolveField may refuse, and is not called for what is stored. Name it in `observers` if it only looks on',
  responseForOperation: 'its responseForOperation may refuse, and is asked after the cache. Put it before the cache in the list of plugins',
};

/** How a request begins for the cache. */
export interface Attachment {
  /** Began before the context was made. */
  readonly request: CacheRequest;
  /** The position that the request proves, as `Larder-After` has it. */
  readonly after: string | null;
  /** Told when the query of the request is found valid. */
  readonly onValid?: ValidListener | undefined;
}

/** Caches the answers of Apollo Servers per root field. One plugin object may serve several servers and schemas. */
export class ResponseCachePlugin<Context extends BaseContext, Source = unknown> implements ApolloServerPlugin<Context> {
  readonly #schemas: ServedSchemas<ResponseCache<Context, Source>>;
  readonly #saidOf = new WeakSet<object>();
  #honours = false;

  constructor(readonly options: ResponseCachePluginOptions<Context, Source>) {
    const { downstream = 'revalidate', vary, partition: whose, viewer, varyBy } = options;
    if (downstream !== 'revalidate' && vary === undefined && (whose !== 'single' || viewer !== undefined || varyBy !== undefined)) {
      throw new Error(`With downstream: '${downstream}' other caches tell answers apart by \`vary\` alone: name the request headers that your contexts are made of.`);
    }
    this.#schemas = new ServedSchemas(this.core, options.version, (schema, version) => this.#open(schema, version));
  }

  /** The response cache of a schema that one of the plugin's servers has; null for a schema left to Apollo: a gateway's. */
  responsesOf(schema: GraphQLSchema): ResponseCache<Context, Source> | null {
    return this.#schemas.of(schema).responses;
  }

  get core(): Cache {
    return this.options.cache.core;
  }

  /**
   * Around the function that makes contexts, where it reads anything that answers are made of: so that a write that comes in
   * meanwhile is not missed (F1). `httpHandler` does it by itself.
   */
  context<Asked extends unknown[]>(make: (...asked: Asked) => Promise<Context>): (...asked: Asked) => Promise<Context> {
    return async (...asked) => {
      const request = this.core.begin();
      return this.#withReader(await make(...asked), request);
    };
  }

  /** The context with a reader of its own. */
  attach(context: Context, { request, after, onValid }: Attachment): Context | Promise<Context> {
    if (after === null) return this.#withReader(context, request, onValid);
    return isCovered(this.core.ledger, after).then((covered) => {
      if (!covered) return this.#withReader(context, this.core.begin({ bypass: true }), onValid);
      request.prove(after);
      return this.#withReader(context, request, onValid);
    });
  }

  /**
   * Honours the other plugins of a server: calls `didEncounterErrors` for errors here, and leaves an operation to Apollo where a
   * hook that may refuse it would be skipped. `httpHandler` does it by itself; behind Apollo's integrations call it once.
   */
  honourPluginsOf(server: ApolloServer<Context>): HostServer<Context> {
    this.#honours = true;
    return new HostServer(server, this, this.options.observers ?? []);
  }

  async serverWillStart({ schema }: { readonly schema: GraphQLSchema }): Promise<GraphQLServerListener> {
    let current = schema;
    this.#schemas.take(current);
    return {
      schemaDidLoadOrUpdate: ({ apiSchema, coreSupergraphSdl }) => {
        const before = current;
        current = apiSchema;
        if (before !== current) this.#schemas.replace(before, current);
        if (coreSupergraphSdl !== undefined) this.#schemas.of(current).responses = null;
      },
      serverWillStop: async () => this.#schemas.release(current),
    };
  }

  #open(schema: GraphQLSchema, version: string): ResponseCache<Context, Source> {
    const { options } = this;
    prepareSchema(schema);
    const caching: FieldCacheOptions<Context, Source> = {
      // Two plugins may have wrapped the fields of one schema: each caches for its own requests.
      readerOf: (context) => (stateOf(context)?.plugin === this ? readerOf<Source>(context) : null),
      contextWithin: (context, reader, { scope }) => {
        const shown = scope === 'PUBLIC' ? (options.withoutViewer?.(context) ?? context) : context;
        return withState(shown, { reader, isInner: true, plugin: this });
      },
      varyBy: (context) => options.varyBy?.(context) ?? NOTHING_ELSE,
      viewerOf: (context) => options.viewer?.(context) ?? null,
      version,
      ...(options.permissionOf === undefined ? {} : { permissionOf: options.permissionOf }),
      ...(options.holds === undefined ? {} : { holds: options.holds }),
    };
    if (options.fields === true) cacheFields(schema, caching);
    return new ResponseCache<Context, Source>({
      ...caching,
      ...options.execution,
      schema,
      defaultMaxAge: secondsToMilliseconds(options.defaultMaxAge ?? 0),
      isSourceFailure: options.isSourceFailure ?? (() => false),
      executesUnstored: options.executesUnstored ?? false,
    });
  }

  async requestDidStart(asked: GraphQLRequestContext<Context>): Promise<GraphQLRequestListener<Context>> {
    const responses = this.responsesOf(asked.schema);
    if (responses === null) return {};
    // Apollo has copied the context by now: what is written to it, nobody else sees.
    const { formatError, explains, onErrors, onAnswer } = this.options;
    Object.assign(asked.contextValue, await this.#begun(asked));
    let answered: readonly AnsweredPiece[] | null = null;
    const inner = await apolloPlugin<Context, Source>(responses, {
      ...(formatError === undefined ? {} : { formatError }),
      ...(explains === undefined ? {} : { explains }),
      leaves: (request) => this.#leaves(request),
      onErrors: async (errors, request) => {
        onErrors?.(errors, request.contextValue);
        await tellOfErrors(request);
      },
      onAnswer: (question, pieces) => {
        answered = pieces;
        onAnswer?.(question, pieces);
      },
      onValid: (plan, request) => this.#tell(plan, request),
    }).requestDidStart?.(asked);
    return {
      ...inner,
      // Downstream caches would keep what other plugins add, so that is described, too.
      willSendResponse: async (request) => {
        await othersHaveSent(request);
        this.#describe(request, answered);
      },
    };
  }

  /** Whether a hook of another plugin would be skipped for an answer from here. Logged once per plugin. */
  #leaves(request: GraphQLRequestContext<Context>): boolean {
    const { logger } = request;
    if (!this.#honours && !this.#saidOf.has(this)) {
      this.#saidOf.add(this);
      logger.info(UNKNOWN_PLUGINS);
    }
    const unheard = unheardHook(request, this.options.observers ?? []);
    if (unheard === null) return false;
    const { plugin, name, hook } = unheard;
    if (!this.#saidOf.has(plugin)) logger.warn(`The response cache answers no operation that ${name} listens to: ${REMEDIES[hook]}.`);
    this.#saidOf.add(plugin);
    return true;
  }

  /** What the answer says of itself. Of several that are sent together, only what is true of all. */
  #describe(request: GraphQLRequestContext<Context>, pieces: readonly AnsweredPiece[] | null): void {
    const { downstream = 'revalidate', cacheTagBytes = 0, vary } = this.options;
    if (request.operation?.operation === OperationTypeNode.MUTATION) request.response.http.headers.set('larder-position', this.#position());
    describeAnswer(request, pieces, { now: this.core.ledger.now(), downstream, cacheTagBytes, vary });
  }

  async #begun({ contextValue, request }: GraphQLRequestContext<Context>): Promise<Context> {
    const state = stateOf(contextValue);
    const after = request.http?.headers.get('larder-after') ?? null;
    // Asked from inside another operation: what that one stores would not know on what this answer depends.
    if (state?.isInner === true) state.reader.collector.forbid('it asked an operation of its own');
    if (state === null || state.plugin !== this) return this.attach(contextValue, { request: this.core.begin(), after });
    if (state.isInner) return withState(contextValue, { reader: apart(state.reader), isInner: false, plugin: this });
    const { request: begun } = state.reader;
    return after === null || begun.bypass || begun.proved === after ? contextValue : this.attach(contextValue, { request: begun, after, onValid: state.onValid });
  }

  #withReader(context: Context, request: CacheRequest, onValid?: ValidListener): Context {
    const { core } = this;
    const reader = new Reader<unknown>({ cache: core, request, partition: this.#partitionOf(context), sources: this.options.sources ?? noSources });
    return withStateOfOriginal(context, { reader, isInner: false, plugin: this, ...(onValid === undefined ? {} : { onValid }) });
  }

  #partitionOf(context: Context): Partition | null {
    const { partition: whose } = this.options;
    if (whose === 'single') return SINGLE;
    const name = whose(context);
    if (name === null) return null;
    const of = partition(name);
    // A tenant of that name would read and write what is everybody's.
    if (of === GLOBAL) throw new CacheError('CACHE_PARTITION_INVALID', '"global" is what all tenants share: no tenant can be called so');
    return of;
  }

  #tell(plan: OperationPlan, { source, schema, request, queryHash, contextValue }: GraphQLRequestContext<Context>): void {
    // An operation that a resolver executes came through no handler.
    if (source === undefined || request.http === undefined) return;
    const isPersisted = request.extensions?.['persistedQuery'] !== undefined;
    stateOf(contextValue)?.onValid?.({ plan, schema, source, operationName: request.operationName ?? null, hash: isPersisted ? (queryHash ?? null) : null });
  }

  /** From where on this node's reads show what was written so far. */
  #position(): string {
    const { ledger } = this.core;
    return ledger.hasPending ? BYPASS : positionToken(ledger.stamp());
  }
}

function noSources(): never {
  throw new Error('loaders and lists need `sources`, which responseCachePlugin was not given');
}

/** The plugin for `new ApolloServer({ plugins: [...] })`. */
export function responseCachePlugin<Context extends BaseContext, Source = unknown>(options: ResponseCachePluginOptions<Context, Source>): ResponseCachePlugin<Context, Source> {
  return new ResponseCachePlugin(options);
}
