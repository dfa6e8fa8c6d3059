import {
  defaultFieldResolver,
  defaultTypeResolver,
  locatedError,
  responsePathAsArray,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  type OperationDefinitionNode,
  type ResponsePath,
} from 'graphql';
import type { Variables } from '../template.js';
import { withWatchedVariables } from '../watched-operation.js';
import { missing, noList, notOfType, runtimeType, serialized } from './unfit-values.js';
import type { Completion, SelectedField } from './selected-fields.js';

export type OnRuntimeType = (abstract: GraphQLAbstractType, type: GraphQLObjectType) => void;

/** What resolvers are given beside parent and arguments. */
export interface RunParts {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly rootValue: unknown;
  readonly context: unknown;
  /** Coerced. */
  readonly variables: Variables;
  /** The operation that resolvers are given where reads of it are observed. */
  readonly watched?: OperationDefinitionNode | undefined;
  readonly fieldResolver: GraphQLFieldResolver<unknown, unknown> | undefined;
  readonly typeResolver: GraphQLTypeResolver<unknown, unknown> | undefined;
  /** Called with the type of each value of an interface or a union. */
  readonly onRuntimeType?: OnRuntimeType | undefined;
}

export interface RunResult {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly GraphQLError[];
}

type Path = ResponsePath | undefined;
type Answer = Record<string, unknown>;

/** Assigning a member of this name would set the prototype: it is defined instead. */
const UNASSIGNABLE = '__proto__';

/**
 * One execution of selected fields (GraphQL specification, section 6.4). It waits where graphql-js waits, promise by promise: of
 * several errors that null the same, which one is told depends on nothing else.
 */
export class ExecutionRun {
  readonly #errors: GraphQLError[] = [];
  /** Where errors were told; undefined: of all data. */
  readonly #failed = new Set<Path>();

  constructor(private readonly parts: RunParts) {}

  run(fields: readonly SelectedField[]): RunResult | Promise<RunResult> {
    const failed = (error: unknown): RunResult => {
      this.#tell(error as GraphQLError, undefined);
      return { data: null, errors: this.#errors };
    };
    try {
      const data = this.#fields(fields, this.parts.rootValue, undefined);
      return isPromise(data) ? data.then((came) => ({ data: came, errors: this.#errors }), failed) : { data, errors: this.#errors };
    } catch (error) {
      return failed(error);
    }
  }

  #fields(fields: readonly SelectedField[], source: unknown, path: Path): Answer | Promise<Answer> {
    const answer: Answer = {};
    const awaited: string[] = [];
    try {
      for (const field of fields) {
        const name = field.responseName;
        const value = field.typename ?? this.#field(field, source, path);
        if (name === UNASSIGNABLE) Object.defineProperty(answer, name, { value, writable: true, enumerable: true, configurable: true });
        else answer[name] = value;
        if (isPromise(value)) awaited.push(name);
      }
    } catch (error) {
      if (awaited.length === 0) throw error;
      // Those under way may fail, too, and are heard.
      return allOf(answer, awaited).finally(() => {
        throw error;
      });
    }
    return awaited.length === 0 ? answer : allOf(answer, awaited);
  }

  #field(field: SelectedField, source: unknown, within: Path): unknown {
    const resolve = field.resolve ?? this.parts.fieldResolver;
    const { completion, responseName, parentType } = field;
    if (resolve === undefined && completion.kind === 'leaf') {
      const value = isObjectLike(source) ? source[field.field.name] : undefined;
      // Most of what is selected are texts and numbers that are there: nobody asks where.
      if (typeof value !== 'object' && typeof value !== 'function' && value !== undefined) {
        try {
          return serialized(completion.type, value);
        } catch (error) {
          return this.#handle(error, { field, path: { prev: within, key: responseName, typename: parentType.name } }, completion.isNullable);
        }
      }
    }
    const path = { prev: within, key: responseName, typename: parentType.name };
    const info = this.#infoOf(field, path);
    const resolved: Resolved = { field, path, info };
    try {
      const { context, variables } = this.parts;
      const value: unknown = (resolve ?? defaultFieldResolver)(source, field.argumentsFor(variables), context, info);
      const completed = isPromise(value)
        ? value.then((came) => this.#complete(completion, came, resolved))
        : this.#complete(completion, value, resolved);
      return isPromise(completed) ? completed.then(undefined, (error: unknown) => this.#handle(error, resolved, completion.isNullable)) : completed;
    } catch (error) {
      return this.#handle(error, resolved, completion.isNullable);
    }
  }

  /** @throws what is an error of the field, or of the item. */
  #complete(completion: Completion, value: unknown, resolved: Resolved): unknown {
    if (value instanceof Error) throw value;
    if (value === null || value === undefined) {
      if (completion.isNullable) return null;
      throw missing(resolved.field);
    }
    if (completion.kind === 'leaf') return serialized(completion.type, value);
    if (completion.kind === 'list') return this.#list(completion.item, value, resolved);
    if (completion.kind === 'object') return this.#object(completion.type, value, resolved);
    return this.#abstract(completion.type, value, resolved);
  }

  #list(item: Completion, value: unknown, { field, path, info }: Resolved): unknown {
    if (!isIterable(value)) throw noList(field);
    const list: unknown[] = [];
    let waits = false;
    let index = 0;
    for (const one of value) {
      const at = { prev: path, key: index++, typename: undefined };
      const resolved = { field, path: at, info };
      try {
        const completed = isPromise(one) ? one.then((came) => this.#complete(item, came, resolved)) : this.#complete(item, one, resolved);
        if (isPromise(completed)) {
          waits = true;
          list.push(completed.then(undefined, (error: unknown) => this.#handle(error, resolved, item.isNullable)));
        } else list.push(completed);
      } catch (error) {
        list.push(this.#handle(error, resolved, item.isNullable));
      }
    }
    return waits ? Promise.all(list) : list;
  }

  #object(type: GraphQLObjectType, value: unknown, { field, path, info }: Resolved): unknown {
    if (type.isTypeOf === undefined || type.isTypeOf === null) return this.#fields(field.below(type), value, path);
    const judge = (is: boolean): unknown => {
      if (!is) throw notOfType(type, value, field);
      return this.#fields(field.below(type), value, path);
    };
    const isOne = type.isTypeOf(value, this.parts.context, info);
    return isPromise(isOne) ? isOne.then(judge) : judge(isOne);
  }

  #abstract(type: GraphQLAbstractType, value: unknown, resolved: Resolved): unknown {
    const { schema, context, typeResolver = defaultTypeResolver, onRuntimeType } = this.parts;
    const { field, info } = resolved;
    const go = (found: string | undefined): unknown => {
      const of = runtimeType(found, { schema, type, field, value });
      onRuntimeType?.(type, of);
      return this.#object(of, value, resolved);
    };
    const name = (type.resolveType ?? typeResolver)(value, context, info, type);
    return isPromise(name) ? name.then(go) : go(name);
  }

  /** Null in the place of an error, which is told; what may not be null hands it to what it is in (section 6.4.4). */
  #handle(raw: unknown, { field, path }: Place, isNullable: boolean): null {
    const error = locatedError(raw, field.nodes, responsePathAsArray(path));
    if (!isNullable) throw error;
    this.#tell(error, path);
    return null;
  }

  /** Unless something that contains it is null already. */
  #tell(error: GraphQLError, path: Path): void {
    for (let at = path; at !== undefined; at = at.prev) if (this.#failed.has(at)) return;
    if (this.#failed.has(undefined)) return;
    this.#failed.add(path);
    this.#errors.push(error);
  }

  #infoOf({ field, nodes, parentType }: SelectedField, path: ResponsePath): GraphQLResolveInfo {
    const { schema, fragments, rootValue, operation, watched, variables: variableValues } = this.parts;
    const { name: fieldName, type: returnType } = field;
    if (watched === undefined) return { fieldName, fieldNodes: nodes, returnType, parentType, path, schema, fragments, rootValue, operation, variableValues };
    return withWatchedVariables({ fieldName, fieldNodes: nodes, returnType, parentType, path, schema, fragments, rootValue, operation: watched });
  }
}

/** Where an error may be put an end to. */
interface Place {
  readonly field: SelectedField;
  readonly path: ResponsePath;
}

/** A value that was resolved, and what its resolver was given. */
interface Resolved extends Place {
  readonly info: GraphQLResolveInfo;
}

/** An object, once what it waits for has come. Names stand in the order in which they were selected. */
function allOf(answer: Answer, awaited: readonly string[]): Promise<Answer> {
  return Promise.all(awaited.map((name) => answer[name])).then((came) => {
    awaited.forEach((name, at) => {
      answer[name] = came[at];
    });
    return answer;
  });
}

/** What graphql-js takes for a promise. */
function isPromise<T>(value: T | PromiseLike<T>): value is Promise<T> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === 'function';
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Iterable<unknown>>)[Symbol.iterator] === 'function';
}

function isObjectLike(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
