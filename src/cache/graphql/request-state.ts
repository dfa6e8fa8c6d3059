import type { GraphQLSchema } from 'graphql';
import { Collector } from '../core/collector.js';
import type { Reader } from '../core/reader.js';
import { CacheError } from '../core/errors.js';
import { parseTag, type Tag } from '../core/tags.js';
import type { OperationPlan } from './operation-plan.js';

/** A query that Apollo has found valid. */
export interface ValidQuery {
  readonly plan: OperationPlan;
  readonly schema: GraphQLSchema;
  readonly source: string;
  readonly operationName: string | null;
  /** Of a persisted query. */
  readonly hash: string | null;
}

export type ValidListener = (valid: ValidQuery) => void;

/** Under which a context carries what the cache knows of its request. A symbol is copied with a context, and meets no name in it. */
const STATE = Symbol('larder');

interface State {
  readonly reader: Reader<unknown>;
  /** Of a load inside the request: its value will be others', too. */
  readonly isInner: boolean;
  /** The plugin that made it: another plugin has another cache, and derives partition and viewer in another way. */
  readonly plugin?: object;
  /** Called when the query of the request is valid; set by the handler that sent it. */
  readonly onValid?: ValidListener;
}

interface Carrier {
  readonly [STATE]?: State;
}

export function stateOf(context: object): State | null {
  return (context as Carrier)[STATE] ?? null;
}

/** A copy of a context, as Apollo Server makes one, that reads through `reader`. */
export function withState<Context extends object>(context: Context, state: State): Context {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(context) as object | null) as object, context);
  return Object.assign(copy, { [STATE]: state });
}

/**
 * State of each context that the application made. Apollo and the plugin copy contexts, and loaders bound to the original know
 * no copy. Null for a context that several requests share.
 */
const originals = new WeakMap<object, State | null>();

/** As `withState`, and registers the original context as well, for loaders that are bound to it. */
export function withStateOfOriginal<Context extends object>(context: Context, state: State): Context {
  const known = originals.get(context);
  const isShared = known !== undefined && known?.reader.request !== state.reader.request;
  originals.set(context, isShared ? null : state);
  return withState(context, state);
}

/**
 * What this request reads through, for entity loaders, lists and values: `readerOf(context)?.load(books)`. Null where the
 * plugin has not seen the request.
 */
export function readerOf<Source = unknown>(context: object): Reader<Source> | null {
  return (stateOf(context)?.reader as Reader<Source> | undefined) ?? null;
}

/**
 * Says in a resolver what its value depends on: when one of the tags is invalidated, what was made of the value is never
 * served again. With the context that the resolver was called with, only its own piece depends on the tags. With the context that
 * the context function made (in a DataLoader that was made there), all unfinished pieces of the request depend on them.
 *
 * @throws CacheError CACHE_TAG_INVALID for a text that is no tag, CACHE_CONTEXT_UNKNOWN for a context without a request.
 */
export function dependsOn(context: object, ...tags: readonly Tag[]): void {
  const own = stateOf(context);
  const state = own ?? originals.get(context);
  if (state === null || state === undefined) throw new CacheError('CACHE_CONTEXT_UNKNOWN', state === null ? SHARED : UNPREPARED);
  for (const tag of tags) {
    const checked = parseTag(tag);
    if (own === null) state.reader.request.dependOn(checked);
    state.reader.collector.tag(checked);
  }
}

const UNPREPARED =
  'dependsOn was called with a context that the cache has not prepared: pass the one that the resolver was called with, or wrap the function that makes contexts in plugin.context(…). httpHandler and nodeHandler wrap it by themselves.';
const SHARED = 'dependsOn was called with a context that several requests share: make a new one for each request.';

/** A reader of the same request that collects for nobody: for an operation that is asked from inside another. */
export function apart(reader: Reader<unknown>): Reader<unknown> {
  return reader.within(new Collector(reader.partition));
}
