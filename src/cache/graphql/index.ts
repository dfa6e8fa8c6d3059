export { cacheControlDirective, cacheDirectives, cacheDirectivesSDL, cachePolicyDirective, directiveArguments } from './directives.js';
export { cacheFields, type FieldCacheOptions } from './field-cache.js';
export { hintOfField, type FieldHint } from './hints.js';
export { responseCachePlugin, type ResponseCachePluginOptions } from './apollo-plugin.js';
export { DivergenceSampler, type DivergenceOptions } from './divergence.js';
export { explain, type Explanation } from './explain.js';
export { OperationPlan, type PlannedPiece, type Shape } from './operation-plan.js';
export { joinPieces, ResponseCache, type AnsweredPiece, type ResponseCacheOptions } from './response-cache.js';
export { fill } from './template.js';
