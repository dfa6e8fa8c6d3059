import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { LarderError } from '../../graphql/errors.js';
import { refuseRequest } from '../public-error.js';
import type { OperationCosts } from './operation-cost.js';

/** Refuses operations that may read too much, before anything of them is looked up: page sizes come with each request. */
export function limitCost({ max, costs }: { readonly max: number; readonly costs: OperationCosts }): ApolloServerPlugin<BaseContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ schema, document, operation, request }) => {
          // Which one is meant is not clear: execution says so.
          if (operation === undefined) return Promise.resolve();
          const cost = costs.of({ schema, document, operation }, request.variables ?? {});
          if (cost <= max) return Promise.resolve();
          throw refuseRequest(new LarderError('TOO_COSTLY', `The operation may read ${cost} objects; at most ${max} are answered.`, { cost, limit: max }), 'TOO_COSTLY');
        },
      }),
  };
}
