import { print, type GraphQLResolveInfo, type OperationDefinitionNode } from 'graphql';
import { canonical } from '../../lib/canonical.js';

/** Variables as resolvers see them. */
type VariableValues = GraphQLResolveInfo['variableValues'];

/** What of an operation is in no key of a piece: a piece is the same for all operations that select it. */
const OUTSIDE_OF_PIECES = ['name', 'variableDefinitions', 'directives'] as const;

/** How the variables of a watched operation are read. */
const variablesOf = new WeakMap<OperationDefinitionNode, () => VariableValues>();

/**
 * One descriptor for all infos, which costs half of what a getter for each does. No proxy of the variables: `structuredClone`
 * refuses one, and what Node.js prints of one no trap sees.
 */
const WATCHED_VARIABLES = {
  enumerable: true,
  configurable: true,
  get(this: GraphQLResolveInfo): VariableValues | undefined {
    return variablesOf.get(this.operation)?.();
  },
};

/** The same operation, and `onRead` is called when a resolver reads a variable beside it, or of the operation what is no selection. */
export function watchOperation(operation: OperationDefinitionNode, readVariables: () => VariableValues, onRead: () => void): OperationDefinitionNode {
  const watched = watchedDefinition(operation, onRead);
  variablesOf.set(watched, () => {
    onRead();
    return readVariables();
  });
  return watched;
}

/** Completes the info of a watched operation with its variables. What copies the info reads them. */
export function withWatchedVariables(info: Omit<GraphQLResolveInfo, 'variableValues'>): GraphQLResolveInfo {
  return Object.defineProperty(info, 'variableValues', WATCHED_VARIABLES) as GraphQLResolveInfo;
}

/** The same info, and `onRead` is called when a resolver reads the variables, or of the operation what is no selection. */
export function watchInfo(info: GraphQLResolveInfo, onRead: () => void): GraphQLResolveInfo {
  // By its descriptors: info may be watched already.
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(info)) as GraphQLResolveInfo;
  const operation = watchOperation(info.operation, () => info.variableValues, onRead);
  return withWatchedVariables(Object.defineProperty(copy, 'operation', { value: operation, enumerable: true, configurable: true, writable: true }));
}

/** What a resolver that reads its operation may depend on beside its arguments. @throws TypeError for variables that are no plain data. */
export function operationText(operation: OperationDefinitionNode, variableValues: VariableValues): string {
  return canonical([headOf(operation), { ...variableValues }], 'kept');
}

const heads = new WeakMap<OperationDefinitionNode, string>();

function headOf(operation: OperationDefinitionNode): string {
  let head = heads.get(operation);
  if (head === undefined) heads.set(operation, (head = print({ ...operation, selectionSet: { ...operation.selectionSet, selections: [] } })));
  return head;
}

function watchedDefinition(operation: OperationDefinitionNode, onRead: () => void): OperationDefinitionNode {
  const watched = Object.defineProperties({}, Object.getOwnPropertyDescriptors(operation)) as OperationDefinitionNode;
  for (const name of OUTSIDE_OF_PIECES) {
    Object.defineProperty(watched, name, {
      enumerable: true,
      configurable: true,
      get() {
        onRead();
        return operation[name];
      },
    });
  }
  return watched;
}
