import type { ApolloServerPlugin } from '@apollo/server';
import type { WriteLog } from '../graphql/write-log.js';

/**
 * Tells the client from where on its change is visible everywhere: `Larder-Position` after a mutation, to be sent back as
 * `Larder-After`; and `invalidation: PENDING` when nobody has confirmed the invalidation in time.
 */
export function announceWrites<Context extends { readonly writes: WriteLog }>(): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ contextValue, response }) => {
          const { position, pending } = contextValue.writes;
          if (position !== null) response.http.headers.set('larder-position', position);
          if (pending && response.body.kind === 'single') {
            const { singleResult } = response.body;
            singleResult.extensions = { ...singleResult.extensions, invalidation: 'PENDING' };
          }
          return Promise.resolve();
        },
      }),
  };
}
