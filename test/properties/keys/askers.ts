import { getNamedType, isAbstractType, isCompositeType, isInterfaceType, isObjectType, Kind, type GraphQLField, type GraphQLNamedType, type GraphQLSchema } from 'graphql';
import type { Choices } from '../choices.js';
import { fieldsOf, type FieldMeaning } from '../documents/meaning.js';

/** Who asks, as far as a key may depend on it. */
export interface WhoAsks {
  readonly tenant: string;
  /** Null for the anonymous viewer. */
  readonly viewer: string | null;
  readonly language: string;
  readonly permissions: readonly string[];
}

/** What a schema's author knows of it, and no program has to find out. */
export interface KnownSchema {
  readonly name: string;
  readonly schema: GraphQLSchema;
  /** Directive and argument that say which permission a field requires. */
  readonly permission: { readonly directive: string; readonly argument: string };
  readonly permissions: readonly string[];
  /** Types whose values belong to no tenant. */
  readonly sharedTypes: ReadonlySet<string>;
}

/** In what a key has to depend on who asks. */
export interface Dependence {
  readonly permissions: ReadonlySet<string>;
  readonly isPrivate: boolean;
  readonly isShared: boolean;
}

export function dependenceOf({ schema, permission, sharedTypes }: KnownSchema, meaning: FieldMeaning): Dependence {
  const all = fieldsOf(meaning);
  const fields = all.map((field) => definitionOf(schema, field));
  const types = fields.map(({ type }) => getNamedType(type));
  const others = all.flatMap((field) => otherDeclarations(schema, field));
  return {
    permissions: new Set([...fields, ...others].flatMap((field) => argument(field, permission.directive, permission.argument) ?? [])),
    isPrivate: fields.some((field) => isPrivate(schema, field)) || others.some((field) => argument(field, 'cacheControl', 'scope') === 'PRIVATE'),
    isShared: argument(fields[0], 'cachePolicy', 'shared') === 'true' && types.every((type) => !isCompositeType(type) || sharedTypes.has(type.name)),
  };
}

function isPrivate(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): boolean {
  const type = getNamedType(field.type);
  const types = isAbstractType(type) ? [type, ...schema.getPossibleTypes(type)] : [type];
  const own = argument(field, 'cacheControl', 'scope');
  return own === 'PRIVATE' || (own === undefined && types.some((one) => argument(one, 'cacheControl', 'scope') === 'PRIVATE'));
}

/** The same field as other types declare it: objects that its type can be, and interfaces that they implement. */
function otherDeclarations(schema: GraphQLSchema, { parent, name }: FieldMeaning): readonly GraphQLField<unknown, unknown>[] {
  const type = schema.getType(parent);
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  const objects = isInterfaceType(type) ? schema.getPossibleTypes(type) : [type];
  return objects.flatMap((object) => [object, ...object.getInterfaces()].flatMap((declaring) => declaring.getFields()[name] ?? []));
}

function definitionOf(schema: GraphQLSchema, { parent, name }: FieldMeaning): GraphQLField<unknown, unknown> {
  const type = schema.getType(parent);
  const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  return field ?? ({ name, type: schema.getType('String') } as unknown as GraphQLField<unknown, unknown>);
}

/** An argument of a directive, as it is written in the schema. */
function argument(where: Pick<GraphQLNamedType | GraphQLField<unknown, unknown>, 'astNode'> | undefined, directive: string, name: string): string | undefined {
  const node = where?.astNode?.directives?.find((one) => one.name.value === directive)?.arguments?.find((one) => one.name.value === name)?.value;
  if (node === undefined || (node.kind !== Kind.ENUM && node.kind !== Kind.STRING && node.kind !== Kind.BOOLEAN)) return undefined;
  return String(node.value);
}

const TENANTS = ['downtown', 'riverside', 'global2'];
const VIEWERS = ['ann', 'bob', 'downtown', null];
const LANGUAGES = ['en', 'fr', 'de', 'e', 'enfr'];

export function anybody(choices: Choices, { permissions }: KnownSchema): WhoAsks {
  return {
    tenant: choices.pick(TENANTS),
    viewer: choices.pick(VIEWERS),
    language: choices.pick(LANGUAGES),
    permissions: permissions.filter(() => choices.chance(0.5)),
  };
}

/** Somebody who differs in one thing, and whether the answer has to be another for it. */
export function somebodyElse(choices: Choices, known: KnownSchema, { who, dependence }: { readonly who: WhoAsks; readonly dependence: Dependence }): { readonly who: WhoAsks; readonly kind: string; readonly isOther: boolean } {
  const other = <T>(from: readonly T[], than: T): T => choices.pick(from.filter((one) => one !== than));
  const kind = choices.pick(['language', 'viewer', 'tenant', 'permission']);
  if (kind === 'language') return { kind, who: { ...who, language: other(LANGUAGES, who.language) }, isOther: true };
  if (kind === 'viewer') return { kind, who: { ...who, viewer: other(VIEWERS, who.viewer) }, isOther: dependence.isPrivate };
  if (kind === 'tenant') return { kind, who: { ...who, tenant: other(TENANTS, who.tenant) }, isOther: !dependence.isShared || dependence.isPrivate };
  // What the selected fields require is changed as often as what they do not.
  const flipped = choices.pick(choices.chance(0.5) && dependence.permissions.size > 0 ? [...dependence.permissions] : known.permissions);
  const permissions = known.permissions.filter((one) => (one === flipped) !== who.permissions.includes(one));
  return { kind, who: { ...who, permissions }, isOther: dependence.permissions.has(flipped) };
}
