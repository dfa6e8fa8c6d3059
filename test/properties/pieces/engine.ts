import { execute, Kind, parse, type DocumentNode, type ExecutionResult, type GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { setImmediate } from 'node:timers/promises';
import { Cache, MemoryLedger, openStores, partition, Reader, type CacheEvent, type Partition } from '../../../src/cache/index.js';
import { directiveArguments, joinPieces, ResponseCache } from '../../../src/cache/graphql/index.js';
import { silentLogger } from '../../../src/lib/logger.js';
import type { SpelledQuery } from '../documents/speller.js';
import type { WhoAsks } from '../keys/askers.js';
import { tagOf, type Context } from '../synthetic/resolvers.js';
import type { World } from '../synthetic/world.js';
import type { Joined } from './compare.js';

/** An answer of the engine, and what it took. */
export interface EngineAnswer extends Joined {
  /** False when the engine has left it to plain execution. */
  readonly isInPieces: boolean;
  readonly hits: number;
}

/** The engine, over one world, with nothing stored yet. */
export class Engine {
  readonly #responses: ResponseCache<Context, null>;
  readonly #cache: Cache;
  readonly #backgroundErrors: readonly unknown[];
  #hits = 0;

  private constructor(
    private readonly schema: GraphQLSchema,
    private readonly world: World,
    { cache, backgroundErrors }: { readonly cache: Cache; readonly backgroundErrors: readonly unknown[] },
  ) {
    this.#cache = cache;
    this.#backgroundErrors = backgroundErrors;
    cache.events.on((event: CacheEvent) => {
      if (event.type === 'hit' && event.of.subject.layer === 'response') this.#hits++;
    });
    this.#responses = new ResponseCache<Context, null>({ schema, executesUnstored: true, ...cachingOptions });
  }

  static async open(schema: GraphQLSchema, world: World): Promise<Engine> {
    const clock = { now: () => 1_000 };
    const ledger = new MemoryLedger({ clock });
    const { store } = await openStores({ redis: null, memoryBytes: 64 * 1024 * 1024, prefix: 'p', clock, now: () => ledger.now(), logger: silentLogger });
    const backgroundErrors: unknown[] = [];
    const cache = new Cache({ store, ledger, prefix: 'p', databaseId: 'd', enabled: true, onBackgroundError: (error) => void backgroundErrors.push(error) });
    return new Engine(schema, world, { cache, backgroundErrors });
  }

  /** As graphql-js answers it, without the engine. */
  async plain(asked: SpelledQuery, who: WhoAsks): Promise<ExecutionResult> {
    const { document, operation } = read(asked);
    return this.#settled(execute({ schema: this.schema, document, operationName: operation.name?.value, variableValues: asked.variables, contextValue: this.#context(who, null) }));
  }

  /** All errors that may be told where there is no data: of several, it is the one that comes first. */
  async errorsWithoutData(asked: SpelledQuery, who: WhoAsks, roots: readonly string[]): Promise<readonly GraphQLError[]> {
    const errors: GraphQLError[] = [];
    for (const root of roots) {
      this.world.first = root;
      errors.push(...((await this.plain(asked, who)).errors ?? []));
    }
    this.world.first = null;
    return errors;
  }

  async inPieces(asked: SpelledQuery, who: WhoAsks): Promise<EngineAnswer> {
    const { document, operation } = read(asked);
    const reader = new Reader<null>({ cache: this.#cache, request: this.#cache.begin(), partition: partition(who.tenant), sources: () => null });
    const plan = this.#responses.planOf(document, operation);
    if (plan === null) throw new Error('a query has no plan');
    this.#hits = 0;
    const pieces = await this.#settled(this.#responses.answer({ plan, context: this.#context(who, reader), variables: asked.variables }));
    await this.#cache.drain();
    if (this.#backgroundErrors.length > 0) throw new Error('something went wrong in the background', { cause: this.#backgroundErrors[0] });
    if (pieces !== null) return { isInPieces: true, json: joinPieces(pieces), errors: pieces.flatMap(({ errors }): readonly GraphQLError[] => errors), hits: this.#hits };
    const { data, errors = [] } = await this.plain(asked, who);
    return { isInPieces: false, json: JSON.stringify(data ?? null), errors, hits: 0 };
  }

  /** Changes rows, as a write would that has been answered. */
  async change(rows: readonly string[], who: WhoAsks): Promise<void> {
    for (const row of rows) this.world.change(row);
    if (rows.length > 0) await this.#cache.ledger.invalidate(rows.map((row) => tagOf(partition(who.tenant), row)));
  }

  #context(who: WhoAsks, reader: Reader<null> | null): Context {
    const own: Partition = partition(who.tenant);
    return { world: this.world, who, partition: own, reader, knowsViewer: true, knowsTenant: true };
  }

  /** When nothing is under way any more: GraphQL answers as soon as it can, and lets the rest run on. */
  async #settled<T>(answer: T | Promise<T>): Promise<T> {
    const settled = await answer;
    for (let turn = 0; turn < 2; turn++) await setImmediate();
    return settled;
  }
}

/** Those of the field cache, too. */
export const cachingOptions = {
  readerOf: ({ reader }: Context) => reader,
  contextWithin: (context: Context, reader: Reader<null>, of: { readonly shared: boolean; readonly scope: string }): Context => ({
    ...context,
    reader,
    knowsViewer: context.knowsViewer && of.scope === 'PRIVATE',
    knowsTenant: context.knowsTenant && !of.shared,
  }),
  varyBy: ({ who }: Context) => ({ language: who.language }),
  viewerOf: ({ who }: Context) => who.viewer,
  version: '1',
  permissionOf: (field: { readonly astNode?: Parameters<typeof directiveArguments>[0] }) => (directiveArguments(field.astNode, 'needs')?.['permission'] as string | undefined) ?? null,
  holds: ({ who }: Context, permission: string) => who.permissions.includes(permission),
};

interface Read {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** A document is parsed once, and remembered: the engine remembers its plan by it. */
const known = new WeakMap<SpelledQuery, Read>();

function read(asked: SpelledQuery): Read {
  const before = known.get(asked) ?? parsed(asked);
  known.set(asked, before);
  return before;
}

function parsed({ query, operationName }: SpelledQuery): Read {
  const document = parse(query);
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const operation = operations.find(({ name }) => operationName === undefined || name?.value === operationName);
  if (operation === undefined) throw new Error(`there is no operation ${operationName}`);
  return { document, operation };
}
