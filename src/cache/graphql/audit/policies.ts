import { DirectiveLocation, type GraphQLSchema } from 'graphql';
import { nearest } from '../../../lib/nearest.js';
import type { Policy } from '../../core/policy.js';
import { hintOn, limitsOfInterfaces, scopeOf, secondsToMilliseconds, type Hint } from '../hints.js';
import { annotated } from './annotated.js';
import type { AuditFacts } from './facts.js';
import { queryFields } from './reach.js';

const HINTED: readonly DirectiveLocation[] = [DirectiveLocation.FIELD_DEFINITION, DirectiveLocation.OBJECT, DirectiveLocation.INTERFACE, DirectiveLocation.UNION];

/** Hints that can be read, and contradict themselves or the profile that they name. */
export function contradictoryPolicies(schema: GraphQLSchema, { profiles, partition }: Pick<AuditFacts, 'profiles' | 'partition'>): readonly string[] {
  const ofPlaces = annotated(schema).flatMap((place) => {
    const hint = HINTED.includes(place.location) ? hintOn(place) : null;
    if (hint === null) return [];
    const found: string[] = [];
    const say = (what: string): void => void found.push(`${place.name}: ${what}.`);
    for (const name of ['maxAge', 'staleWhileRevalidate'] as const) {
      const value = hint[name];
      if (value !== undefined && value < 0) say(`${name} is ${value / secondsToMilliseconds(1)}, and no lifetime is negative; write 0 for what is never stored`);
    }
    if (hint.maxAge === undefined && (hint.profile !== undefined || hint.staleWhileRevalidate > 0)) say('@cachePolicy names a policy, and without @cacheControl(maxAge:) nothing is cached by it; add that');
    if (hint.shared && hint.scope === 'PRIVATE') say(`it is PRIVATE to one viewer, and shared by every ${partition}; leave one of the two out`);
    found.push(...namesAnother({ place: place.name, hint, profiles }));
    return found;
  });
  return [...ofPlaces, ...privateElsewhere(schema).map(({ name, why }) => `${name}: ${why} is PRIVATE to one viewer, and it is shared by every ${partition}; leave out shared: true.`)];
}

/** Fields that are shared, and PRIVATE without saying so themselves. */
function privateElsewhere(schema: GraphQLSchema): readonly { readonly name: string; readonly why: string }[] {
  return queryFields(schema)
    .filter(({ parent, field }) => hintOn(field.astNode)?.shared === true && hintOn(field.astNode)?.scope !== 'PRIVATE' && scopeOf(schema, parent, field) === 'PRIVATE')
    .map(({ name, parent, field }) => ({ name, why: limitsOfInterfaces(parent, field).find(({ hint }) => hint.scope === 'PRIVATE')?.by ?? 'what it returns' }));
}

/** A profile that does not exist, or says something else. Where no profiles are known, any name will do. */
function namesAnother({ place, hint, profiles }: { readonly place: string; readonly hint: Hint; readonly profiles: Readonly<Record<string, Policy>> }): string[] {
  const names = Object.keys(profiles);
  if (hint.profile === undefined || names.length === 0) return [];
  const profile = profiles[hint.profile];
  if (profile === undefined) return [`${place}: there is no profile ${hint.profile}; write ${nearest(hint.profile, names) ?? `one of ${names.join(', ')}`}.`];
  const differs = (['maxAge', 'staleWhileRevalidate', 'scope'] as const).filter((name) => hint[name] !== undefined && hint[name] !== profile[name]);
  if (differs.length === 0) return [];
  return [`${place}: ${differs.join(' and ')} differ from what the profile ${hint.profile} says; leave out the profile, or take over its values.`];
}
