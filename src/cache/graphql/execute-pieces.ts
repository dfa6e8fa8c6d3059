import { execute, Kind, type DocumentNode, type ExecutionResult, type FieldNode, type GraphQLError, type GraphQLFieldResolver, type GraphQLSchema, type GraphQLTypeResolver } from 'graphql';
import type { OperationPlan, PlannedPiece } from './operation-plan.js';

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
}

export interface ExecutorOptions {
  readonly schema: GraphQLSchema;
  readonly rootValue?: unknown;
  readonly fieldResolver?: GraphQLFieldResolver<unknown, unknown>;
  readonly typeResolver?: GraphQLTypeResolver<unknown, unknown>;
}

/** Executes some root fields of an operation, and no others. */
export class PieceExecutor<Context> {
  readonly #documents = new WeakMap<OperationPlan, Map<string, DocumentNode>>();

  constructor(private readonly options: ExecutorOptions) {}

  /** Never rejects for what a resolver does: its errors are part of what is returned. */
  async execute(plan: OperationPlan, pieces: readonly PlannedPiece[], { context, variables }: Execution<Context>): Promise<readonly Executed[]> {
    const result = await execute({
      ...this.options,
      document: this.#document(plan, pieces),
      contextValue: context,
      variableValues: variables,
    });
    return pieces.map((piece) => executedOf(piece, pieces, result));
  }

  /** An operation that asks for these root fields alone. Nodes stay the same, and with them the places that errors name. */
  #document(plan: OperationPlan, pieces: readonly PlannedPiece[]): DocumentNode {
    let known = this.#documents.get(plan);
    if (known === undefined) this.#documents.set(plan, (known = new Map<string, DocumentNode>()));
    const key = pieces.map(({ nodes, responseName }) => `${responseName}:${nodes.map((node) => node.loc?.start ?? '').join('.')}`).join();
    let document = known.get(key);
    if (document === undefined) {
      if (known.size >= MAX_DOCUMENTS) known.clear();
      const selections: FieldNode[] = pieces.flatMap(({ nodes }) => nodes);
      const operation = { ...plan.operation, selectionSet: { kind: Kind.SELECTION_SET, selections } } as const;
      known.set(key, (document = { kind: Kind.DOCUMENT, definitions: [operation, ...plan.fragments.values()] }));
    }
    return document;
  }
}

/** Which pieces are missing differs from request to request: so many combinations of one operation are remembered. */
const MAX_DOCUMENTS = 100;

function executedOf({ responseName }: PlannedPiece, all: readonly PlannedPiece[], { data, errors = [] }: ExecutionResult): Executed {
  const own = all.length === 1 ? errors : errors.filter(({ path }) => path?.[0] === responseName);
  if (data === null || data === undefined) return { json: 'null', errors: own, nullsAll: true };
  return { json: JSON.stringify(data[responseName] ?? null), errors: own, nullsAll: false };
}
