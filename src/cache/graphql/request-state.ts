import type { GraphQLSchema } from 'graphql';
import { Collector } from '../core/collector.js';
import type { Reader } from '../core/reader.js';
import type { Tag } from '../core/tags.js';
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
  /** The plugin whose request it is: another plugin has another cache, and other words for partition and viewer. */
  readonly plugin?: object;
  /** Told when the query of the request is found valid: the handler that has sent it. */
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
 * What this request reads through, for entity loaders, lists and values: `readerOf(context)?.load(books)`. Null where the
 * plugin has not seen the request.
 */
export function readerOf<Source = unknown>(context: object): Reader<Source> | null {
  return (stateOf(context)?.reader as Reader<Source> | undefined) ?? null;
}

/**
 * Says in a resolver what its value depends on: when one of the tags is invalidated, what was made of the value is never
 * served again. The context has to be the one that the resolver was called with.
 */
export function dependsOn(context: object, ...tags: readonly Tag[]): void {
  const reader = readerOf(context);
  for (const tag of tags) reader?.collector.tag(tag);
}

/** A reader of the same request that collects for nobody: for an operation that is asked from inside another. */
export function apart(reader: Reader<unknown>): Reader<unknown> {
  return reader.within(new Collector(reader.partition));
}
