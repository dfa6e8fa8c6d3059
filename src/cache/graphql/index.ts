export { cacheControlDirective, cacheDirectives, cacheDirectivesSDL, cachePolicyDirective, directiveArguments } from './directives.js';
export { cacheFields, type FieldCacheOptions } from './field-cache.js';
export { hintOfField, type FieldHint } from './hints.js';
