import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { LarderError } from '../../graphql/errors.js';
import { refuseRequest } from '../public-error.js';
import { OperationCosts } from './operation-cost.js';

/** Refuses operations that may read too much, before anything of them is looked up: page sizes come with each request. */
export function limitCost(max: number): ApolloServerPlugin<BaseContext> {
  const costs = new OperationCosts();
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ schema, document, operation, request }) => {
          const cost = costs.of({ schema, document, operation }, request.variables ?? {});
          if (cost <= max) return Promise.resolve();
          throw refuseRequest(new LarderError('TOO_COSTLY', `The operation may read ${cost} objects; at most ${max} are answered.`, { cost, limit: max }), 'TOO_COSTLY');
        },
      }),
  };
}
