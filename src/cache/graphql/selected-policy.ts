import { getNamedType, isCompositeType, type GraphQLField, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import type { Without } from '../core/mechanisms.js';
import { strictest, type CacheScope } from '../core/policy.js';
import { declarationsOf, graceWithin, hintOn, hintOnType, limitsOfInterfaces, limitsOfMembers, scopeOf, type Declaration, type Hint, type Limit } from './hints.js';

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
    if (known === undefined) this.#known.set(coordinate, (known = this.#read(parent, field)));
    return known;
  }

  /** Policy of `_entities`: the hints of the represented types, since the union has none. A hint on the field restricts. */
  ofEntities(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>, types: readonly GraphQLObjectType[]): SelectedPolicy {
    const ofAllTypes = this.of(parent, field);
    // Without a representation no type says anything.
    if (types.length === 0) return ofAllTypes;
    const { permissions, fields } = ofAllTypes;
    const hint = hintOn(field.astNode);
    const ofField = hint === null ? { ...UNLIMITED, permissions } : { ...saidBy(hint, `${parent.name}.${field.name}`, Infinity), permissions, fields };
    return types.map((type) => saidBy(hintOnType(type), type.name, this.options.defaultMaxAge)).reduce(both, ofField);
  }

  /**
   * As Apollo Server reads hints: a field's own hint wins over its type's. A field that returns objects, an interface or a union
   * without either has the default. Hints of the type's members and of the parent's interfaces only shorten and tighten.
   */
  #read(parent: GraphQLObjectType, field: GraphQLField<unknown, unknown>): SelectedPolicy {
    const type = getNamedType(field.type);
    const isRoot = parent === this.schema.getQueryType();
    const [ofField, ofType] = [hintOn(field.astNode), hintOnType(type)];
    const ofInterfaces = limitsOfInterfaces(parent, field);
    const ofMembers = limitsOfMembers(this.schema, type);
    const limits = [...ofInterfaces, ...ofMembers];
    const declarations = declarationsOf(parent, field);

    const own = ofField?.maxAge === undefined ? ofType : ofField;
    const inherits = ofField?.maxAge === undefined && (own?.inheritMaxAge === true || ofField?.inheritMaxAge === true);
    const asked = own?.maxAge ?? (isRoot || (isCompositeType(type) && !inherits) ? this.options.defaultMaxAge : Infinity);
    const maxAge = Math.min(asked, ...limits.flatMap(({ hint }) => hint.maxAge ?? []));
    return {
      maxAge,
      limitedBy: maxAge === Infinity ? null : limitedBy({ maxAge, asked, coordinate: `${parent.name}.${field.name}` }, ofInterfaces),
      staleWhileRevalidate: graceWithin(own?.maxAge === undefined ? (asked === Infinity ? Infinity : 0) : own.staleWhileRevalidate, limits),
      scope: this.options.without?.has('static-scope') === true ? (ofField?.scope ?? 'PUBLIC') : scopeOf(this.schema, parent, field),
      permissions: new Set(declarations.flatMap(({ field: declared }) => this.options.permissionOf(declared) ?? [])),
      shared: isShared({ ofField, ofType, ofInterfaces, ofMembers, isRoot, isComposite: isCompositeType(type) }),
      timeDependent: [ofField, ofType, ...limits.map(({ hint }) => hint)].some((hint) => hint?.timeDependent === true),
      fields: coordinatesWithHints(declarations),
      profiles: new Set([ofField, ofType, ...limits.map(({ hint }) => hint)].flatMap((hint) => hint?.profile ?? [])),
    };
  }
}

/** The policy of a single hint. Milliseconds. */
function saidBy(hint: Hint | null, by: string, defaultMaxAge: number): SelectedPolicy {
  const maxAge = hint?.maxAge ?? defaultMaxAge;
  return {
    ...UNLIMITED,
    maxAge,
    limitedBy: by,
    staleWhileRevalidate: maxAge === Infinity ? Infinity : (hint?.staleWhileRevalidate ?? 0),
    scope: hint?.scope ?? 'PUBLIC',
    shared: hint?.shared === true,
    timeDependent: hint?.timeDependent === true,
    profiles: hint?.profile === undefined ? NONE : new Set([hint.profile]),
  };
}

/** The coordinate whose hint decides the lifetime. */
function limitedBy({ maxAge, asked, coordinate }: { readonly maxAge: number; readonly asked: number; readonly coordinate: string }, ofInterfaces: readonly Limit[]): string {
  return (maxAge < asked ? ofInterfaces.find(({ hint }) => hint.maxAge === maxAge)?.by : undefined) ?? coordinate;
}

/** The coordinates with hints, and the object's own field. */
function coordinatesWithHints(declarations: readonly Declaration<GraphQLField<unknown, unknown>>[]): ReadonlySet<string> {
  const [own] = declarations;
  const hinted = declarations.filter(({ field }) => hintOn(field.astNode) !== null);
  return own === undefined || hinted.length === 0 ? NONE : new Set([own, ...hinted].map(({ coordinate }) => coordinate));
}

interface Sharing {
  readonly ofField: Hint | null;
  readonly ofType: Hint | null;
  readonly ofInterfaces: readonly Limit[];
  readonly ofMembers: readonly Limit[];
  readonly isRoot: boolean;
  readonly isComposite: boolean;
}

/** At the root it has to be said of the field; below, types that say nothing of their own lifetime belong to what they are part of. */
function isShared({ ofField, ofType, ofInterfaces, ofMembers, isRoot, isComposite }: Sharing): boolean {
  if (ofField?.shared === true && ofInterfaces.every(({ hint }) => hint.shared)) return true;
  if (isRoot) return false;
  if (!isComposite) return true;
  const isPart = ({ shared, inheritMaxAge }: Hint): boolean => shared || inheritMaxAge;
  return ofType !== null && isPart(ofType) && ofMembers.every(({ hint }) => hint.maxAge === undefined || isPart(hint));
}
