import { ApolloServer, type BaseContext } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { Logger } from '../lib/logger.js';
import type { GraphqlOptions } from './graphql-endpoint.js';
import { DocumentStore } from './document-store.js';
import { limitDocument } from './limits/document-limits.js';
import { knownOperations } from './limits/known-operations.js';
import { limitCost } from './limits/limit-cost.js';
import type { OperationCosts } from './limits/operation-cost.js';
import { NO_PERSISTED_OPERATIONS, withManifest } from './persisted-operations.js';
import { formatError } from './public-error.js';
import { reportErrors } from './report-errors.js';
import { PREFLIGHTED, type Front } from './response-front.js';

/** Apollo with this server's limits, which answers whatever is not known. */
export function createApollo<Context extends BaseContext>(options: GraphqlOptions<Context> & { readonly costs: OperationCosts }, front: Front<Context> | null): ApolloServer<Context> {
  const { config, logger, costs, persisted = NO_PERSISTED_OPERATIONS } = options;
  return new ApolloServer<Context>({
    schema: options.schema,
    cache: options.apolloCache,
    persistedQueries: { cache: withManifest(persisted, options.apolloCache) },
    logger: apolloLogger(logger),
    introspection: config.introspection,
    hideSchemaDetailsFromClientErrors: !config.introspection,
    nodeEnv: config.environment,
    csrfPrevention: { requestHeaders: PREFLIGHTED },
    allowBatchedHttpRequests: config.limits.batch > 0,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    parseOptions: { maxTokens: config.limits.tokens },
    documentStore: new DocumentStore(config.limits.documentBytes / 2),
    validationRules: [knownOperations, limitDocument(config.limits)],
    formatError: formatError(options.isUnavailable ?? (() => false)),
    // Apollo's landing page loads from elsewhere, and its caching headers would let browsers keep what a write has overtaken.
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      reportErrors(logger),
      // Before all that may answer from a cache.
      limitCost({ max: config.limits.cost, costs }),
      ...(front === null ? [] : [front.plugin]),
      ...options.plugins,
    ],
  });
}

export function searchOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}

function apolloLogger(logger: Logger): { [Level in 'debug' | 'info' | 'warn' | 'error']: (message?: unknown) => void } {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message?: unknown) => {
    logger[level]({ from: 'apollo' }, String(message));
  };
  return { debug: at('debug'), info: at('debug'), warn: at('warn'), error: at('error') };
}
