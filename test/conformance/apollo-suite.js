import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { ApolloServer } from '@apollo/server';
import { defineIntegrationTestSuite } from '@apollo/server-integration-testsuite';
import { describe } from '@jest/globals';
import { responseCachePlugin } from '../../dist/cache/graphql/index.js';
import { httpHandler, nodeHandler } from '../../dist/cache/http/index.js';
import { createCache } from '../../dist/cache/index.js';

/**
 * The suite that Apollo publishes for HTTP integrations, against what `larder/cache/http` puts in front of any Apollo Server.
 * In plain JavaScript, since jest runs it as it is. Most of the suite's schemas have no hints: `EVERY_QUERY` has their queries
 * stored and answered from pieces, too.
 */
const defaultMaxAge = process.env.EVERY_QUERY === '1' ? 3600 : 0;

async function createServer(config, { context } = {}) {
  // The suite compares lifetimes to the second.
  const cache = await createCache({ jitter: 0 });
  const { formatError, rootValue, fieldResolver } = config;
  const plugin = responseCachePlugin({
    cache,
    partition: 'single',
    defaultMaxAge,
    // The suite is about what Apollo Server says of lifetimes, which is to let clients keep answers.
    downstream: 'all',
    execution: { rootValue, fieldResolver },
    ...(formatError === undefined ? {} : { formatError }),
  });
  const server = new ApolloServer({ ...config, plugins: [...(config.plugins ?? []), plugin] });
  await server.start();
  const handle = httpHandler({ server, plugin });
  const http = createHttpServer(nodeHandler(handle, context === undefined ? {} : { context }));
  await once(http.listen(0, '127.0.0.1'), 'listening');
  return {
    server,
    url: `http://127.0.0.1:${http.address().port}/`,
    extraCleanup: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
      await cache.close();
    },
  };
}

describe('Larder in front of Apollo Server', () => {
  defineIntegrationTestSuite(createServer);
});
