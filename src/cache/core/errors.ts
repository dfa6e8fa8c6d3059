/** Why the engine refused: a mistake in how it is used, never an outage. `code` is stable. */
export class CacheError extends Error {
  constructor(
    readonly code:
      | 'CACHE_PARTITION_INVALID'
      | 'CACHE_CONTEXT_UNKNOWN'
      | 'CACHE_KEY_INVALID'
      | 'CACHE_LOADER_KEYS'
      | 'CACHE_TAG_INVALID'
      | 'CACHE_DEFINITION_INVALID'
      | 'CACHE_STORE_REFUSED'
      | 'CACHE_CONTRADICTION',
    message: string,
  ) {
    super(message);
    this.name = 'CacheError';
  }
}
