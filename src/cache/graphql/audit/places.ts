import type { GraphQLSchema } from 'graphql';
import type { ReadFacts } from '../../core/definition-facts.js';
import type { CacheScope } from '../../core/policy.js';
import { declarationsOf, hintOfField, hintOnType, scopeOf, type Hint } from '../hints.js';
import { saidSo, type Dependencies } from './dependencies.js';
import type { AuditedPlace, AuditFacts } from './facts.js';
import { queryFields, reachable } from './reach.js';

/** A place with what the checks ask of it. */
export interface Examined {
  readonly place: AuditedPlace;
  /** Null where nobody has said what it is made from. */
  readonly reads: readonly ReadFacts[] | null;
  /** Who answers for changes that no mutation makes. */
  readonly said: string | null;
}

/** Everything that is cached: fields, types, lists and loaders, in this order and each by name. */
export function examine(schema: GraphQLSchema, facts: AuditFacts, dependencies: Dependencies): readonly Examined[] {
  const fields = queryFields(schema).flatMap(({ name, parent, field }) => {
    const own = hintOfField(schema, parent, field);
    const nodes = declarationsOf(parent, field).map(({ field: { astNode } }) => astNode);
    const reads = dependencies.declared(...nodes);
    if (own === null && reads === null) return [];
    const hint = own === null ? null : { ...own.policy, profile: own.policy.profile, shared: own.shared };
    return examined({ kind: 'field', name, hint, scope: scopeOf(schema, parent, field), reads, said: saidSo(...nodes) }, dependencies);
  });
  const types = [...reachable(schema, schema.getQueryType())].flatMap((type) => {
    const hint = hintOnType(type);
    if (hint?.maxAge === undefined) return [];
    return examined({ kind: 'type', name: type.name, hint, scope: hint.scope ?? 'PUBLIC', reads: dependencies.ofType(type), said: saidSo(type.astNode) }, dependencies);
  });
  const definitions = facts.definitions.map(({ layer, name, policy, reads, invalidatedBy = null }) =>
    examined({ kind: layer, name, hint: { ...policy, profile: policy.profile, shared: false }, scope: policy.scope, reads, said: invalidatedBy }, dependencies),
  );
  return [...sorted(fields), ...sorted(types), ...sorted(definitions)];
}

interface Found extends Omit<Examined, 'place'> {
  readonly kind: AuditedPlace['kind'];
  readonly name: string;
  readonly hint: Pick<Hint, 'maxAge' | 'staleWhileRevalidate' | 'shared' | 'profile'> | null;
  readonly scope: CacheScope;
}

function examined({ kind, name, hint, scope, reads, said }: Found, dependencies: Dependencies): Examined {
  const known = reads ?? [];
  const place: AuditedPlace = {
    kind,
    name,
    maxAge: hint?.maxAge ?? null,
    staleWhileRevalidate: hint?.staleWhileRevalidate ?? 0,
    scope,
    shared: hint?.shared === true,
    profile: hint?.profile ?? null,
    tags: dependencies.tagsOf(known),
    tables: dependencies.tablesOf(known),
    invalidatedBy: dependencies.invalidatedBy(known, said),
  };
  return { place, reads, said };
}

function sorted(found: readonly Examined[]): readonly Examined[] {
  return [...found].sort(({ place: a }, { place: b }) => (a.kind + a.name < b.kind + b.name ? -1 : 1));
}
