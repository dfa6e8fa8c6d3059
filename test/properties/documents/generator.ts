import {
  doTypesOverlap,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isObjectType,
  isUnionType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { Choices } from '../choices.js';
import { emptyScope, objectTypesOf, type Arguments, type FieldMeaning, type Item, type Json, type Scope } from './meaning.js';
import { Values, type Scalars } from './values.js';

export interface GeneratorOptions {
  readonly schema: GraphQLSchema;
  readonly scalars?: Scalars;
  /** Fields that are never selected, as `Query.cacheStats`. */
  readonly without?: readonly string[];
  /** How deep fields lie inside each other at most. */
  readonly depth: number;
  /** Whether root fields may be what the schema says about itself, too. */
  readonly introspection?: boolean;
  /** The value of an argument, named as `Query.medicine.id`; undefined for any of its type. */
  readonly argument?: (coordinate: string, choices: Choices) => Json | undefined;
}

/** Response names that programs have stumbled over. */
const STRANGE_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__typename', 'data', 'errors', 'then', 'length'];
const NAMES = ['a', 'b', 'c', 'id', 'name'];

const MAX_ITEMS = 5;
const MAX_GROUPS = 3;

interface Place {
  readonly type: GraphQLCompositeType;
  /** What a value here can be, by the groups that it is in. */
  readonly possible: readonly GraphQLObjectType[];
  readonly depth: number;
  readonly groups: number;
  readonly scope: Scope;
}

/** Makes up what a query may ask of a schema. Whatever it makes is valid. */
export class MeaningGenerator {
  readonly values: Values;
  readonly #composite: readonly GraphQLCompositeType[];
  readonly #without: ReadonlySet<string>;

  constructor(private readonly options: GeneratorOptions) {
    this.values = new Values(options.scalars ?? {});
    this.#composite = Object.values(options.schema.getTypeMap()).filter((type) => isCompositeType(type) && !type.name.startsWith('__')) as GraphQLCompositeType[];
    this.#without = new Set(options.without ?? []);
  }

  /** A root field. It has a scope of its own, for it may be answered under any name. */
  rootField(choices: Choices): FieldMeaning {
    const query = this.options.schema.getQueryType();
    if (!query) throw new Error('the schema answers no queries');
    const place: Place = { type: query, possible: [query], depth: this.options.depth, groups: MAX_GROUPS, scope: emptyScope() };
    const meta = [TypeNameMetaFieldDef, TypeMetaFieldDef, SchemaMetaFieldDef];
    const fields = this.options.introspection === true && choices.chance(0.08) ? meta : this.#fieldsOf(query, place.depth);
    return this.#field(choices, place, choices.pick(fields));
  }

  #items(choices: Choices, place: Place): Item[] {
    const items: Item[] = [];
    do {
      const item = choices.chance(isAbstractType(place.type) ? 0.4 : 0.08) && place.groups > 0 ? this.#group(choices, place) : null;
      items.push(item ?? this.#field(choices, place, choices.pick(this.#selectable(place))));
    } while (items.length < MAX_ITEMS && choices.chance(0.62));
    return items;
  }

  #group(choices: Choices, place: Place): Item | null {
    const { schema } = this.options;
    const candidates = this.#composite.filter((type) => {
      const here = objectTypesOf(schema, type);
      return doTypesOverlap(schema, place.type, type) && place.possible.some((possible) => here.includes(possible));
    });
    if (candidates.length === 0) return null;
    const type = choices.pick([...candidates].sort((a, b) => Number(isAbstractType(a)) - Number(isAbstractType(b))));
    const possible = objectTypesOf(schema, type).filter((here) => place.possible.includes(here));
    return { kind: 'group', on: type.name, items: this.#items(choices, { ...place, type, possible, groups: place.groups - 1 }) };
  }

  #selectable({ type, depth }: Place): readonly GraphQLField<unknown, unknown>[] {
    return isUnionType(type) ? [TypeNameMetaFieldDef] : [...this.#fieldsOf(type, depth), TypeNameMetaFieldDef];
  }

  #fieldsOf(type: Exclude<GraphQLCompositeType, { getTypes: unknown }>, depth: number): readonly GraphQLField<unknown, unknown>[] {
    const fields = Object.values(type.getFields()).filter(({ name }) => !this.#without.has(`${type.name}.${name}`));
    return fields
      .filter((field) => depth > 1 || isLeafType(getNamedType(field.type)))
      .sort((a, b) => Number(isCompositeType(getNamedType(a.type))) - Number(isCompositeType(getNamedType(b.type))));
  }

  #field(choices: Choices, { type, depth, scope }: Place, field: GraphQLField<unknown, unknown>): FieldMeaning {
    const args = this.#arguments(choices, type, field);
    const signature = `${field.name}(${JSON.stringify(args)})`;
    const responseName = this.#name(choices, { type, scope }, { field, signature });
    const named = register(scope, responseName, { parent: type.name, signature, type: String(field.type) });
    const below = getNamedType(field.type);
    const items = isCompositeType(below)
      ? this.#items(choices, { type: below, possible: objectTypesOf(this.options.schema, below), depth: depth - 1, groups: MAX_GROUPS, scope: named.below })
      : null;
    return { kind: 'field', parent: type.name, name: field.name, responseName, args, items, scope, condition: null };
  }

  #arguments(choices: Choices, type: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): Arguments {
    const args: Arguments = {};
    for (const arg of field.args) {
      const given = this.options.argument?.(`${type.name}.${field.name}.${arg.name}`, choices) ?? this.values.ofInput(choices, arg);
      if (given !== undefined) args[arg.name] = given;
    }
    return args;
  }

  /** Its own name, or an alias; one under which it can be answered beside what is selected already. */
  #name(choices: Choices, { type, scope }: Pick<Place, 'type' | 'scope'>, { field, signature }: { readonly field: GraphQLField<unknown, unknown>; readonly signature: string }): string {
    const siblings = isUnionType(type) ? [] : Object.keys(type.getFields());
    const alias = choices.chance(0.15) ? choices.pick([...NAMES, ...siblings, ...STRANGE_NAMES]) : field.name;
    const use = { type, signature, returns: String(field.type) };
    if (this.#isFree(scope, alias, use)) return alias;
    for (let number = 1; ; number++) if (this.#isFree(scope, `${field.name}${number}`, use)) return `${field.name}${number}`;
  }

  /** As GraphQL's rule that fields of one name can be merged, and a little stricter. */
  #isFree(scope: Scope, name: string, { type, signature, returns }: { readonly type: GraphQLCompositeType; readonly signature: string; readonly returns: string }): boolean {
    const known = scope.names.get(name);
    if (known === undefined) return true;
    if (known.type !== returns) return false;
    const isObject = (parent: string): boolean => isObjectType(this.options.schema.getType(parent));
    return known.uses.every((use) => use.signature === signature || (use.parent !== type.name && isObject(use.parent) && isObjectType(type)));
  }
}

function register(scope: Scope, name: string, { parent, signature, type }: { readonly parent: string; readonly signature: string; readonly type: string }) {
  const known = scope.names.get(name) ?? { uses: [], type, below: emptyScope() };
  known.uses.push({ parent, signature });
  scope.names.set(name, known);
  return known;
}
