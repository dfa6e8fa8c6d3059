import { getNamedType, isAbstractType, isCompositeType, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import type { Without } from '../core/mechanisms.js';
import { strictest, type CacheScope } from '../core/policy.js';
import { hintOn, hintOnType, possibleTypes, scopeOf, type Hint } from './hints.js';

/**
 * What a selection means for the piece of a response that contains it, whatever the data turn out to be (P1). Combined by
 * `both`: everything gets stricter only.
 */
export interface SelectedPolicy {
  /** Milliseconds; Infinity where nothing limits it. */
  readonly maxAge: number;
  /** The field that `maxAge` comes from. */
  readonly limitedBy: string | null;
  /** Milliseconds; Infinity where nothing limits it. */
  readonly staleWhileRevalidate: number;
  readonly scope: CacheScope;
  /** Names of what a viewer needs to hold for the answer to be what it is. */
  readonly permissions: ReadonlySet<string>;
  /** Nothing in it belongs to one partition, as far as the schema says. */
  readonly shared: boolean;
  readonly timeDependent: boolean;
  /** Fields with a hint of their own, and profiles: an administrator who purges one of them means this piece, too. */
  readonly fields: ReadonlySet<string>;
  readonly profiles: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

export const UNLIMITED: SelectedPolicy = {
  maxAge: Infinity,
  limitedBy: null,
  staleWhileRevalidate: Infinity,
  scope: 'PUBLIC',
  permissions: NONE,
  shared: true,
  timeDependent: false,
  fields: NONE,
  profiles: NONE,
};

export function both(a: SelectedPolicy, b: SelectedPolicy): SelectedPolicy {
  if (a === UNLIMITED || a === b) return b;
  if (b === UNLIMITED) return a;
  const shorter = b.maxAge < a.maxAge ? b : a;
  return {
    maxAge: shorter.maxAge,
    limitedBy: shorter.limitedBy,
    staleWhileRevalidate: Math.min(a.staleWhileRevalidate, b.staleWhileRevalidate),
    scope: strictest(a.scope, b.scope),
    permissions: union(a.permissions, b.permissions),
    shared: a.shared && b.shared,
    timeDependent: a.timeDependent || b.timeDependent,
    fields: union(a.fields, b.fields),
    profiles: union(a.profiles, b.profiles),
  };
}

function union(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  if (b.size === 0) return a;
  return a.size === 0 ? b : new Set([...a, ...b]);
}

export interface PolicyOptions {
  /** Of root fields and of fields that return objects where neither field nor type has a hint. Milliseconds. */
  readonly defaultMaxAge: number;
  /** What a viewer has to hold for the field to be answered; null for nothing. */
  readonly permissionOf: (field: GraphQLField<unknown, unknown>) => string | null;
  /** For tests of the mechanisms alone. */
  readonly without?: Without | undefined;
}

/** Reads from a schema what selecting a field means. Each field is read once. */
export class SchemaPolicies {
  readonly #known = new Map<string, SelectedPolicy>();

  constructor(
    readonly schema: GraphQLSchema,
    private readonly options: PolicyOptions,
  ) {}

  of(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>): SelectedPolicy {
    const coordinate = `${parent.name}.${field.name}`;
    let known = this.#known.get(coordinate);
    if (known === undefined) this.#known.set(coordinate, (known = this.#read(field, coordinate, parent === this.schema.getQueryType())));
    return known;
  }

  /** As Apollo Server reads hints; but for an interface or a union, the strictest of all types that its value can be of. */
  #read(field: GraphQLField<unknown, unknown>, coordinate: string, isRoot: boolean): SelectedPolicy {
    const type = getNamedType(field.type);
    const ofField = hintOn(field.astNode);
    const ofType = hintOnType(type);
    const ofPossible = isAbstractType(type) ? possibleTypes(this.schema, type).map(hintOnType) : [];
    const permission = this.options.permissionOf(field);

    const own = ofField?.maxAge === undefined ? (ofType ?? commonHint(ofPossible)) : ofField;
    const inherits = ofField?.maxAge === undefined && (own?.inheritMaxAge === true || ofField?.inheritMaxAge === true);
    const limits = ofPossible.flatMap((hint) => hint?.maxAge ?? []);
    const asked = own?.maxAge ?? (isRoot || (isCompositeType(type) && !inherits) ? this.options.defaultMaxAge : Infinity);
    const maxAge = Math.min(asked, ...limits);
    return {
      maxAge,
      limitedBy: maxAge === Infinity ? null : coordinate,
      staleWhileRevalidate: own?.maxAge === undefined ? (maxAge === Infinity ? Infinity : 0) : own.staleWhileRevalidate,
      scope: this.options.without?.has('static-scope') === true ? (ofField?.scope ?? 'PUBLIC') : scopeOf(this.schema, field),
      permissions: permission === null ? NONE : new Set([permission]),
      shared: isShared({ ofField, ofType, isRoot, isComposite: isCompositeType(type) }),
      timeDependent: ofField?.timeDependent === true || ofType?.timeDependent === true,
      fields: ofField === null ? NONE : new Set([coordinate]),
      profiles: new Set([ofField, ofType, ...ofPossible].flatMap((hint) => hint?.profile ?? [])),
    };
  }
}

interface Sharing {
  readonly ofField: Hint | null;
  readonly ofType: Hint | null;
  readonly isRoot: boolean;
  readonly isComposite: boolean;
}

/** At the root it has to be said of the field; below, types that say nothing of their own lifetime belong to what they are part of. */
function isShared({ ofField, ofType, isRoot, isComposite }: Sharing): boolean {
  if (ofField?.shared === true) return true;
  if (isRoot) return false;
  return !isComposite || ofType?.shared === true || ofType?.inheritMaxAge === true;
}

/** What every type that a value can be of has a hint for, where their interface or union has none; else null. */
function commonHint(hints: readonly (Hint | null)[]): Hint | null {
  const [first] = hints;
  if (first === undefined || first === null || hints.some((hint) => hint?.maxAge === undefined)) return null;
  const all = hints as readonly Hint[];
  return {
    ...first,
    maxAge: Math.min(...all.map(({ maxAge }) => maxAge ?? Infinity)),
    staleWhileRevalidate: Math.min(...all.map((hint) => hint.staleWhileRevalidate)),
  };
}
