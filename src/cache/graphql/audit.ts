import type { GraphQLSchema } from 'graphql';
import { CacheError } from '../core/errors.js';
import { coarse } from './audit/coarse.js';
import { Dependencies } from './audit/dependencies.js';
import { exposed } from './audit/exposed.js';
import { NO_FACTS, type AuditedPlace, type AuditFacts } from './audit/facts.js';
import { looser } from './audit/looser.js';
import { misspelt } from './audit/misspelt.js';
import { examine } from './audit/places.js';
import { contradictoryPolicies } from './audit/policies.js';
import { undeclared } from './audit/undeclared.js';
import { unstored } from './audit/unstored.js';
import { unusable } from './audit/unusable.js';

export interface CacheAudit {
  /** Everything that is cached, and what becomes part of it. */
  readonly places: readonly AuditedPlace[];
  /** What cannot be meant. Each a sentence with the place, and with the remedy. */
  readonly contradictions: readonly string[];
  /** What is right, and perhaps not meant. */
  readonly notes: readonly string[];
}

/**
 * Reads from a schema, and from what is known of loaders, lists and tables, what is cached how long, for whom, on what it
 * depends and who makes it invalid; and whether that contradicts itself. To be asked before resolvers are wrapped: a field
 * without one is a part of its parent's value.
 */
export function auditCache(schema: GraphQLSchema, told: Partial<AuditFacts> = {}): CacheAudit {
  const facts: AuditFacts = { ...NO_FACTS, ...told };
  const dependencies = new Dependencies(schema, facts);
  const examined = examine(schema, facts, dependencies);
  const contradictions = [
    ...misspelt(schema),
    ...contradictoryPolicies(schema, facts),
    ...unusable(schema),
    ...exposed(schema),
    ...coarse(facts),
    ...undeclared({ schema, facts, dependencies, examined }),
  ];
  return { places: examined.map(({ place }) => place), contradictions, notes: [...unstored(schema, facts.defaultMaxAge), ...looser(schema)] };
}

/** @throws CacheError CACHE_CONTRADICTION with a line for each. */
export function refuseContradictions({ contradictions }: CacheAudit): void {
  if (contradictions.length > 0) throw new CacheError('CACHE_CONTRADICTION', contradictions.join('\n'));
}
