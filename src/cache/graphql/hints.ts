import type { GraphQLField } from 'graphql';
import type { CacheScope, Policy } from '../core/policy.js';
import { directiveArguments } from './directives.js';

/** What a schema says about caching one field. */
export interface FieldHint {
  readonly policy: Policy;
  /** The same for all partitions. */
  readonly shared: boolean;
}

/** Seconds, the unit of cache hints and HTTP headers, to milliseconds, the unit of everything inside. */
export function secondsToMilliseconds(seconds: number): number {
  return seconds * 1000;
}

/** The field's own `@cacheControl` with a maxAge, and `@cachePolicy` beside it; null where it has none. */
export function hintOfField(field: GraphQLField<unknown, unknown>): FieldHint | null {
  const control = directiveArguments(field.astNode, 'cacheControl');
  if (control === null || typeof control['maxAge'] !== 'number') return null;
  const extra = directiveArguments(field.astNode, 'cachePolicy') ?? {};
  const scope: CacheScope = control['scope'] === 'PRIVATE' ? 'PRIVATE' : 'PUBLIC';
  const grace = typeof extra['staleWhileRevalidate'] === 'number' ? extra['staleWhileRevalidate'] : 0;
  return {
    policy: {
      maxAge: secondsToMilliseconds(control['maxAge']),
      staleWhileRevalidate: secondsToMilliseconds(grace),
      scope,
      ...(typeof extra['profile'] === 'string' ? { profile: extra['profile'] } : {}),
    },
    shared: extra['shared'] === true,
  };
}
