import type { GraphQLSchema } from 'graphql';
import { hintOn, limitsOfInterfaces, secondsToMilliseconds, type Hint } from '../hints.js';
import { queryFields } from './reach.js';

/**
 * Fields whose own hints are looser than the hint of an interface of their object. The interface's hint wins, so the schema
 * shows another lifetime or scope than the field has. A field without a hint cannot mislead.
 */
export function looser(schema: GraphQLSchema): readonly string[] {
  return queryFields(schema).flatMap(({ name, parent, field }) => {
    const own = hintOn(field.astNode);
    if (own === null) return [];
    return limitsOfInterfaces(parent, field).flatMap(({ by, hint }) => {
      const differing = differences(own, hint);
      if (differing.length === 0) return [];
      const says = (side: 'own' | 'limit'): string => differing.map((difference) => difference[side]).join(' and ');
      return [`${name} says ${says('own')}, and ${by} says ${says('limit')}, which counts; say the same in both.`];
    });
  });
}

interface Difference {
  readonly own: string;
  readonly limit: string;
}

function differences(own: Hint, limit: Hint): readonly Difference[] {
  const found: Difference[] = [];
  if (own.maxAge !== undefined && limit.maxAge !== undefined && own.maxAge > limit.maxAge) found.push({ own: maxAge(own.maxAge), limit: maxAge(limit.maxAge) });
  if (own.scope === 'PUBLIC' && limit.scope === 'PRIVATE') found.push({ own: 'PUBLIC', limit: 'PRIVATE' });
  return found;
}

function maxAge(milliseconds: number): string {
  return `maxAge ${milliseconds / secondsToMilliseconds(1)}`;
}
