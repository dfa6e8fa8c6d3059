import { print, type GraphQLResolveInfo, type OperationDefinitionNode } from 'graphql';
import { canonical } from '../../lib/canonical.js';

/** Variables as resolvers see them. */
type VariableValues = GraphQLResolveInfo['variableValues'];

/** Parts of an operation that are in no piece's key: a piece is the same for all operations that select it. */
const OUTSIDE_OF_PIECES = ['name', 'variableDefinitions', 'directives'] as const;

/** How the variables of a watched operation are read. */
const variablesOf = new WeakMap<OperationDefinitionNode, () => VariableValues>();

/**
 * One descriptor for all infos costs half as much as a getter for each. The variables are no proxy: `structuredClone` refuses
 * proxies, and `util.inspect` bypasses their traps.
 */
const WATCHED_VARIABLES = {
  enumerable: true,
  configurable: true,
  get(this: GraphQLResolveInfo): VariableValues | undefined {
    return variablesOf.get(this.operation)?.();
  },
};

/** A copy of an operation. Calls `onRead` when a resolver reads its variables, name, variable definitions or directives. */
export function watchOperation(operation: OperationDefinitionNode, readVariables: () => VariableValues, onRead: () => void): OperationDefinitionNode {
  const watched = watchedDefinition(operation, onRead);
  variablesOf.set(watched, () => {
    onRead();
    return readVariables();
  });
  return watched;
}

/** Adds the variables to the info of a watched operation. Copying the info counts as reading them. */
export function withWatchedVariables(info: Omit<GraphQLResolveInfo, 'variableValues'>): GraphQLResolveInfo {
  return Object.defineProperty(info, 'variableValues', WATCHED_VARIABLES) as GraphQLResolveInfo;
}

/** A copy of an info. Calls `onRead` when a resolver reads the variables, or the operation beyond its selections. */
export function watchInfo(info: GraphQLResolveInfo, onRead: () => void): GraphQLResolveInfo {
  // Copies descriptors, not values: the info may be watched already.
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(info)) as GraphQLResolveInfo;
  const operation = watchOperation(info.operation, () => info.variableValues, onRead);
  return withWatchedVariables(Object.defineProperty(copy, 'operation', { value: operation, enumerable: true, configurable: true, writable: true }));
}

/** Key text of the operation for pieces whose resolvers read it. @throws TypeError for variables that are no plain data. */
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
