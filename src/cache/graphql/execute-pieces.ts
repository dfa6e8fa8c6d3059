import {
  execute,
  getVariableValues,
  Kind,
  type DocumentNode,
  type ExecutionResult,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  type OperationDefinitionNode,
} from 'graphql';
import { ExecutionRun, type OnRuntimeType, type RunResult } from './executor/execution-run.js';
import { selectedField, type SelectedField } from './executor/selected-fields.js';
import type { OperationPlan, PlannedPiece } from './operation-plan.js';
import { watchOperation } from './watched-operation.js';

/** What executing a root field has brought. */
export interface Executed {
  readonly json: string;
  readonly errors: readonly GraphQLError[];
  /** An error reached the root through a field that may not be null: the whole answer has no data. */
  readonly nullsAll: boolean;
}

export interface Execution<Context> {
  readonly context: Context;
  /** As they were sent. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** As resolvers are given them, where that is known already. */
  readonly coerced?: Readonly<Record<string, unknown>> | null;
  /** Called when a resolver reads a part of the operation that is in no piece's key: variables, name, directives. */
  readonly onOperationRead?: (() => void) | undefined;
  /** Called with the type of each value of an interface or a union. */
  readonly onRuntimeType?: OnRuntimeType | undefined;
}

export interface ExecutorOptions {
  readonly schema: GraphQLSchema;
  readonly rootValue?: unknown;
  readonly fieldResolver?: GraphQLFieldResolver<unknown, unknown>;
  readonly typeResolver?: GraphQLTypeResolver<unknown, unknown>;
}

/** Executes some root fields of an operation, and no others. */
export class PieceExecutor<Context> {
  readonly #parts = new WeakMap<OperationPlan, Map<string, PartOfOperation>>();

  constructor(private readonly options: ExecutorOptions) {}

  /** Never rejects for what a resolver does: its errors are part of what is returned. */
  async execute(plan: OperationPlan, pieces: readonly PlannedPiece[], execution: Execution<Context>): Promise<readonly Executed[]> {
    const part = this.#partOf(plan, pieces);
    const { context, variables } = execution;
    const result = (await this.#run(part, execution)) ?? (await execute({ ...this.options, document: part.document, contextValue: context, variableValues: variables }));
    return pieces.map((piece) => executedOf(piece, pieces, result));
  }

  /** Null where the variables cannot be coerced: graphql-js then reports the error. */
  #run({ operation, fragments, fields }: PartOfOperation, { context, variables, coerced, onOperationRead, onRuntimeType }: Execution<Context>): RunResult | Promise<RunResult> | null {
    const { schema, rootValue, fieldResolver, typeResolver } = this.options;
    const given = coerced ?? getVariableValues(schema, operation.variableDefinitions ?? [], variables).coerced;
    if (given === undefined) return null;
    const watched = onOperationRead === undefined ? undefined : watchOperation(operation, () => given, onOperationRead);
    return new ExecutionRun({ schema, operation, fragments, rootValue, context, variables: given, watched, fieldResolver, typeResolver, onRuntimeType }).run(fields);
  }

  #partOf(plan: OperationPlan, pieces: readonly PlannedPiece[]): PartOfOperation {
    let known = this.#parts.get(plan);
    if (known === undefined) this.#parts.set(plan, (known = new Map<string, PartOfOperation>()));
    const key = pieces.map(({ id }) => id).join();
    let part = known.get(key);
    if (part === undefined) {
      if (known.size >= MAX_PARTS) known.clear();
      known.set(key, (part = partOf(this.options.schema, plan, pieces)));
    }
    return part;
  }
}

/** An operation that asks for some of its root fields alone. Nodes stay the same, and with them the places that errors name. */
interface PartOfOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly fields: readonly SelectedField[];
}

function partOf(schema: GraphQLSchema, plan: OperationPlan, pieces: readonly PlannedPiece[]): PartOfOperation {
  const selections: FieldNode[] = pieces.flatMap(({ nodes }) => nodes);
  const operation = { ...plan.operation, selectionSet: { kind: Kind.SELECTION_SET, selections } } as const;
  const fragments = Object.assign(Object.create(null) as Record<string, FragmentDefinitionNode>, Object.fromEntries(plan.fragments));
  return { document: { kind: Kind.DOCUMENT, definitions: [operation, ...plan.fragments.values()] }, operation, fragments, fields: rootFields(schema, plan, pieces) };
}

function rootFields(schema: GraphQLSchema, { fragments }: OperationPlan, pieces: readonly PlannedPiece[]): readonly SelectedField[] {
  const root = schema.getQueryType();
  return root ? pieces.flatMap(({ nodes, conditions }) => selectedField({ schema, fragments, conditions }, root, nodes) ?? []) : [];
}

/** Which pieces are missing differs from request to request: so many combinations of one operation are remembered. */
const MAX_PARTS = 16;

function executedOf({ responseName }: PlannedPiece, all: readonly PlannedPiece[], { data, errors = [] }: ExecutionResult | RunResult): Executed {
  const own = all.length === 1 ? errors : errors.filter(({ path }) => path?.[0] === responseName);
  if (data === null || data === undefined) return { json: 'null', errors: own, nullsAll: true };
  return { json: JSON.stringify(data[responseName] ?? null), errors: own, nullsAll: false };
}
