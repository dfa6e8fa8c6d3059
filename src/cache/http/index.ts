export { HttpCache, type HttpCacheOptions, type HttpQuestion, type HttpReply, type HttpRequest } from './http-cache.js';
export { httpPolicy, type DownstreamCache, type HttpPolicy } from './http-policy.js';
export type { KnownQueries, KnownQuery } from './known-queries.js';
