export { answerHttp, type AnyHttpReply, type HttpEntry } from './answer-http.js';
export { HttpCache, type HttpCacheOptions, type HttpQuestion, type HttpReply, type HttpRequest, type HttpWork } from './http-cache.js';
export { httpHandler, type HttpHandler, type HttpHandlerOptions } from './http-handler.js';
export type { KnownQueries, KnownQuery } from './known-queries.js';
export { varyOn } from '../../lib/vary.js';
export { nodeHandler, type NodeHandlerOptions } from './node-handler.js';
