import { getVariableValues, OperationTypeNode, type DocumentNode, type GraphQLAbstractType, type GraphQLError, type GraphQLObjectType, type OperationDefinitionNode } from 'graphql';
import type { Lookup } from '../core/cache.js';
import { Collector } from '../core/collector.js';
import type { Entry } from '../core/entry.js';
import type { CacheEvent } from '../core/events.js';
import type { Without } from '../core/mechanisms.js';
import { hitsAmong, nearHits } from '../core/near-hits.js';
import type { Reader } from '../core/reader.js';
import type { Loaded } from '../core/reading.js';
import type { Partition } from '../core/tags.js';
import type { AnsweredPiece, Question } from './answered-piece.js';
import { ENTITY } from './collect-fields.js';
import { PieceExecutor, type Executed, type Execution, type ExecutorOptions } from './execute-pieces.js';
import type { FieldCacheOptions } from './field-cache.js';
import { OperationPlan, type PlannedPiece, type Planning } from './operation-plan.js';
import { asPieceCollector } from './piece-collectors.js';
import { PieceIdentities, type Asker } from './piece-identities.js';
import { SchemaPolicies } from './selected-policy.js';
import type { Variables } from './template.js';

export interface ResponseCacheOptions<Context, Source> extends FieldCacheOptions<Context, Source>, ExecutorOptions {
  /** Of root fields and of fields that return objects where neither field nor type has a hint, as in Apollo Server. Milliseconds; default 0. */
  readonly defaultMaxAge?: number;
  /**
   * Whether operations of which nothing can be stored are executed here, too, and not by Apollo, whose plugins then do not hear of
   * their execution. Default false.
   */
  readonly executesUnstored?: boolean;
  /** For tests of the mechanisms alone. */
  readonly without?: Without;
  /** Whether an error of a resolver means that its source is failing: then a piece in its grace is served instead. */
  readonly isSourceFailure?: (error: unknown) => boolean;
}

/** A value that may be answered once and is never stored: errors are told to who caused them (F7). */
class Failed implements Executed {
  readonly json: string;
  readonly errors: readonly GraphQLError[];
  readonly nullsAll: boolean;

  constructor(executed: Executed) {
    this.json = executed.json;
    this.errors = executed.errors;
    this.nullsAll = executed.nullsAll;
  }
}

/** A piece that may be in the cache, and its place in the answer. */
export interface Wanted {
  readonly place: number;
  readonly piece: PlannedPiece;
  readonly partition: Partition;
  /** Whether its key holds all variables and the operation's name: then resolvers may read them. */
  readonly isOfOperation: boolean;
}

/** What an answer is made of, each with its place. */
export interface Prepared<Context, Source> {
  readonly question: Question<Context>;
  readonly reader: Reader<Source>;
  readonly count: number;
  readonly known: { readonly place: number; readonly piece: PlannedPiece }[];
  readonly wanted: Wanted[];
  /** Of each of them. */
  readonly lookups: Lookup[];
  readonly live: { readonly place: number; readonly piece: PlannedPiece; readonly because: string }[];
  /** What has been found for each of them, where they have been looked up. */
  found: readonly (Entry | undefined)[] | null;
}

const NO_VARIABLES: Variables = {};
const NO_ERRORS: readonly GraphQLError[] = [];
const NO_EVENTS: readonly CacheEvent[] = [];

/** Answers queries root field by root field: those that are stored, from the cache; the others alone are executed. */
export class ResponseCache<Context, Source> {
  readonly policies: SchemaPolicies;
  readonly executor: PieceExecutor<Context>;
  readonly #planning: Planning;
  readonly #plans = new WeakMap<DocumentNode, Map<OperationDefinitionNode, OperationPlan>>();
  readonly #fitting = new WeakMap<Variables, { readonly operation: OperationDefinitionNode; readonly coerced: Variables }>();
  /** Pieces with a resolver that has read the operation beyond its arguments. */
  readonly #ofOperation = new WeakSet<PlannedPiece>();
  #identities: PieceIdentities | null = null;

  constructor(readonly options: ResponseCacheOptions<Context, Source>) {
    const { schema, defaultMaxAge = 0, permissionOf = () => null, without } = options;
    this.policies = new SchemaPolicies(schema, { defaultMaxAge, permissionOf, without });
    this.executor = new PieceExecutor(options);
    this.#planning = { policies: this.policies, version: options.version };
  }

  /** The plan of a query; null for what is no query (P6). The document has to be valid. */
  planOf(document: DocumentNode, operation: OperationDefinitionNode): OperationPlan | null {
    if (operation.operation !== OperationTypeNode.QUERY) return null;
    let plans = this.#plans.get(document);
    if (plans === undefined) this.#plans.set(document, (plans = new Map<OperationDefinitionNode, OperationPlan>()));
    let plan = plans.get(operation);
    if (plan === undefined) plans.set(operation, (plan = new OperationPlan(document, operation, this.#planning)));
    return plan;
  }

  /** @returns null for what has to be executed as it is: variables that do not fit, no cache to ask, nothing to store, introspection (P6). */
  async answer(question: Question<Context>): Promise<readonly AnsweredPiece[] | null> {
    const prepared = this.prepare(question);
    if (prepared === null) return null;
    const likely = this.likelyHits(prepared, (answer) => answer);
    return (likely === null ? null : await likely) ?? this.answerPrepared(prepared);
  }

  /** What an answer is made of, and what it is called in the cache; null as in `answer`. */
  prepare(question: Question<Context>): Prepared<Context, Source> | null {
    const { plan, context, variables } = question;
    const reader = this.options.readerOf(context);
    if (reader === null || reader.request.bypass) return null;
    const coerced = this.#coerced(plan, variables);
    const shape = coerced === undefined ? null : plan.shapeFor(coerced);
    if (shape === null || coerced === undefined || !this.#isAnsweredHere(shape.pieces)) return null;
    this.#identities ??= new PieceIdentities(reader.cache.identities, reader.cache.without);
    const asker = this.askerOf(context);
    const prepared: Prepared<Context, Source> = { question, reader, count: shape.pieces.length, known: [], wanted: [], lookups: [], live: [], found: null };
    for (let place = 0; place < shape.pieces.length; place++) {
      const piece = shape.pieces[place] as PlannedPiece;
      if (piece.kind === 'typename') {
        prepared.known.push({ place, piece });
        continue;
      }
      const isOfOperation = this.#ofOperation.has(piece);
      const identified = this.#identities.of(piece, { variables: coerced, operation: isOfOperation ? plan.operation : null }, asker);
      if ('because' in identified) {
        prepared.live.push({ place, piece, because: identified.because });
        continue;
      }
      prepared.wanted.push({ place, piece, partition: identified.partition, isOfOperation });
      prepared.lookups.push({ identity: identified.identity, policy: piece.policy, outermost: true });
    }
    return prepared;
  }

  /** The answer, if all of it is near and may be served: at once, without waiting for anything. */
  hits(prepared: Prepared<Context, Source>): readonly AnsweredPiece[] | null {
    if (prepared.live.length > 0) return null;
    const found = nearHits<string>(prepared.reader.cache, prepared.lookups);
    return found === null ? null : this.#answerOf(prepared, found);
  }

  /**
   * The same of what most likely is stored elsewhere, judged as it comes: none of the steps of a read is taken for it.
   *
   * @param use gets null if not all of it may be served: what has been found then is not looked up again for `answerPrepared`.
   * @returns null for what has to be read with all of them.
   */
  likelyHits<Made>(prepared: Prepared<Context, Source>, use: (answer: readonly AnsweredPiece[] | null) => Made): Promise<Made> | null {
    const { reader, lookups, live } = prepared;
    const { store, ledger } = reader.cache;
    if (live.length > 0 || store.likely === undefined || ledger.standing() !== 'trusted') return null;
    return store.likely(lookups.map(({ identity }) => identity.key), reader.request.budget, (found) => {
      const hits = hitsAmong<string>(reader.cache, lookups, found as readonly (Entry<string> | undefined)[]);
      if (hits !== null) return use(this.#answerOf(prepared, hits));
      prepared.found = found;
      return use(null);
    });
  }

  #answerOf({ count, known, wanted, lookups }: Prepared<Context, Source>, found: readonly Entry<string>[]): readonly AnsweredPiece[] {
    const answers = new Array<AnsweredPiece>(count);
    for (const { place, piece } of known) answers[place] = this.#known(piece);
    wanted.forEach(({ place, piece }, at) => {
      const entry = found[at] as Entry<string>;
      const { identity } = lookups[at] as Lookup;
      answers[place] = { piece, json: entry.value, errors: NO_ERRORS, nullsAll: false, entry, identity, because: null, isHit: true, events: NO_EVENTS };
    });
    return answers;
  }

  async answerPrepared({ question, reader, count, known, wanted, lookups, live, found: before }: Prepared<Context, Source>): Promise<readonly AnsweredPiece[]> {
    const failed = new Map<number, Executed>();
    // What is never stored does not wait for what may be.
    const executing = live.length === 0 ? [] : this.executor.execute(question.plan, live.map(({ piece }) => piece), this.#executionOf(question));
    const near = nearHits<string | Failed>(reader.cache, lookups);
    const events = near === null ? wanted.map((): CacheEvent[] => []) : [];
    const found = near ?? reader.cache.readMany<string | Failed>(
      reader.request,
      lookups.map((lookup, at) => ({ ...lookup, ...(before !== null && { found: before[at] ?? null }), told: (event) => events[at]?.push(event) })),
      (missing) => missing.map((at) => this.#load(question, wanted[at] as Wanted, (executed) => failed.set(at, executed))),
    );
    const [executed, entries] = near === null ? await Promise.all([executing, found]) : [await executing, near];
    const answers = new Array<AnsweredPiece>(count);
    for (const { place, piece } of known) answers[place] = this.#known(piece);
    live.forEach(({ place, piece, because }, at) => {
      const { json, errors, nullsAll } = executed[at] as Executed;
      answers[place] = { piece, json, errors, nullsAll, entry: null, identity: null, because, isHit: false, events: NO_EVENTS };
    });
    const failing: Promise<void>[] = [];
    wanted.forEach(({ place, piece }, at) => {
      const entry = entries[at];
      const told = events[at] ?? NO_EVENTS;
      const isHit = near !== null || told.some((event) => event.type === 'hit' && event.freshness === 'fresh');
      const { identity } = lookups[at] as Lookup;
      if (entry === undefined || entry instanceof Error) {
        // The source failed, and there was nothing in its grace. Whoever only joined the load has no errors to show yet.
        const result = failed.get(at);
        const executed = result === undefined ? this.executor.execute(question.plan, [piece], this.#executionOf(question)) : Promise.resolve([result]);
        failing.push(executed.then(([own]) => void (answers[place] = { ...(own as Executed), piece, entry: null, identity, because: null, isHit, events: told })));
        return;
      }
      // Written out: this is done for every root field of every request, and a copy by spreading costs more than the rest of it.
      const { value } = entry;
      const { json, errors, nullsAll } = typeof value === 'string' ? { json: value, errors: NO_ERRORS, nullsAll: false } : value;
      answers[place] = { piece, json, errors, nullsAll, entry, identity, because: null, isHit, events: told };
    });
    if (failing.length > 0) await Promise.all(failing);
    return answers;
  }

  askerOf(context: Context): Asker {
    const { readerOf, viewerOf, varyBy, holds = () => false } = this.options;
    return {
      partition: readerOf(context)?.partition ?? null,
      viewer: viewerOf(context),
      varyBy: varyBy(context, {}),
      holds: (permission) => holds(context, permission),
    };
  }

  #isAnsweredHere(pieces: readonly PlannedPiece[]): boolean {
    if (this.options.executesUnstored !== true) return pieces.some(({ kind }) => kind === 'stored');
    return !pieces.every(({ fieldName }) => fieldName.startsWith('__'));
  }

  /** Undefined for variables that do not fit. Whoever asks with the same object again, asks the same. */
  #coerced({ operation }: OperationPlan, variables: Variables): Variables | undefined {
    const { variableDefinitions = [] } = operation;
    if (variableDefinitions.length === 0) return NO_VARIABLES;
    const known = this.#fitting.get(variables);
    if (known?.operation === operation) return known.coerced;
    const { coerced } = getVariableValues(this.options.schema, variableDefinitions, variables);
    if (coerced !== undefined) this.#fitting.set(variables, { operation, coerced });
    return coerced;
  }

  #executionOf({ plan, context, variables, areShared }: Question<Context>): Execution<Context> {
    const coerced = this.#fitting.get(variables);
    // What others ask with, too, nobody may change; and coerced once, it need not be again.
    return {
      context,
      variables: areShared === true ? copyOf(variables) : variables,
      coerced: coerced?.operation === plan.operation && isFlat(coerced.coerced) ? Object.assign(Object.create(null) as Record<string, unknown>, coerced.coerced) : null,
    };
  }

  #known(piece: PlannedPiece): AnsweredPiece {
    const json = JSON.stringify(this.options.schema.getQueryType()?.name ?? null);
    return { piece, json, errors: [], nullsAll: false, entry: null, identity: null, because: 'it is known', isHit: false, events: [] };
  }

  async #load(question: Question<Context>, { piece, partition, isOfOperation }: Wanted, onFailure: (executed: Executed) => void): Promise<Loaded<string | Failed>> {
    const { context, variables, coerced } = this.#executionOf(question);
    const reader = this.options.readerOf(context);
    if (reader === null) throw new Error('a context without a reader has nothing to be asked');
    const collector = asPieceCollector(new Collector(partition));
    const { scope } = piece.policy;
    const inner = this.options.contextWithin(context, reader.within(collector), { shared: partition !== reader.partition, scope });
    // Under a key without the operation, the value would answer other operations, too. The next load has a key with it.
    const onOperationRead = isOfOperation ? undefined : (): void => {
      this.#ofOperation.add(piece);
      collector.forbid('a resolver read variables of the operation, or its name, beyond its arguments');
    };
    const { entityTypes } = piece;
    const onRuntimeType = entityTypes === null ? undefined : (abstract: GraphQLAbstractType, type: GraphQLObjectType): void => {
      if (abstract.name === ENTITY && !entityTypes.includes(type)) collector.forbid(`an entity turned out to be of type ${type.name}, which no representation names`);
    };
    const [executed] = await this.executor.execute(question.plan, [piece], { context: inner, variables, coerced, onOperationRead, onRuntimeType });
    if (executed === undefined) throw new Error('a piece was left without an answer');
    if (executed.errors.length === 0 && !executed.nullsAll) return { value: executed.json, collector };
    const failure = executed.errors.find(({ originalError }) => this.options.isSourceFailure?.(originalError) === true);
    if (failure !== undefined) {
      // What is in its grace is better than an error that the source's failure has caused (D2).
      onFailure(executed);
      throw failure.originalError ?? failure;
    }
    collector.forbid('it has errors');
    return { value: new Failed(executed), collector };
  }
}

/** For resolvers, which may do as they like with what they are given. */
function copyOf(variables: Variables): Variables {
  return isFlat(variables) ? { ...variables } : structuredClone(variables);
}

function isFlat(variables: Variables): boolean {
  for (const name in variables) if (typeof variables[name] === 'object' && variables[name] !== null) return false;
  return true;
}
