import { print, type GraphQLResolveInfo, type OperationDefinitionNode } from 'graphql';
import { canonical } from '../../lib/canonical.js';

/** What a resolver can read of the operation that it runs in. */
export type OperationInfo = Pick<GraphQLResolveInfo, 'operation' | 'variableValues'>;

/** What of an operation is in no key of a piece: a piece is the same for all operations that select it. */
const OUTSIDE_OF_PIECES = ['name', 'variableDefinitions', 'directives'] as const;

/** The same, and `onRead` is called when a resolver reads a variable, or of the operation what is no selection. */
export function watchOperation({ operation, variableValues }: OperationInfo, onRead: () => void): OperationInfo {
  return { operation: watchedDefinition(operation, onRead), variableValues: new Proxy(variableValues, new VariableWatch(onRead)) };
}

/** The same info, and `onRead` is called when a resolver reads the variables, or of the operation what is no selection. */
export function watchInfo(info: GraphQLResolveInfo, onRead: () => void): GraphQLResolveInfo {
  const watched = { ...info, operation: watchedDefinition(info.operation, onRead) };
  return Object.defineProperty(watched, 'variableValues', {
    enumerable: true,
    configurable: true,
    get() {
      onRead();
      return info.variableValues;
    },
  });
}

/** What a resolver that reads its operation may depend on beside its arguments. @throws TypeError for variables that are no plain data. */
export function operationText(operation: OperationDefinitionNode, variableValues: OperationInfo['variableValues']): string {
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

/** A proxy and no getter in each info: of most infos no resolver reads a variable, and one proxy serves them all. */
class VariableWatch implements ProxyHandler<Record<string, unknown>> {
  constructor(private readonly onRead: () => void) {}

  get(variables: Record<string, unknown>, name: string | symbol): unknown {
    this.onRead();
    return Reflect.get(variables, name);
  }

  has(variables: Record<string, unknown>, name: string | symbol): boolean {
    this.onRead();
    return Reflect.has(variables, name);
  }

  ownKeys(variables: Record<string, unknown>): (string | symbol)[] {
    this.onRead();
    return Reflect.ownKeys(variables);
  }

  getOwnPropertyDescriptor(variables: Record<string, unknown>, name: string | symbol): PropertyDescriptor | undefined {
    this.onRead();
    return Reflect.getOwnPropertyDescriptor(variables, name);
  }
}
