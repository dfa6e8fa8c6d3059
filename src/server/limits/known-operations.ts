import { GraphQLError, type ValidationRule } from 'graphql';

/** graphql validates operations of a kind that the schema lacks, and fails when it comes to executing them. */
export const knownOperations: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation) != null) return;
    context.reportError(new GraphQLError(`The schema has no ${node.operation}.`, { nodes: node }));
  },
});
