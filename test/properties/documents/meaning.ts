import type { GraphQLCompositeType, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { isAbstractType } from 'graphql';

/** A value as a client would send it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export type Arguments = { [name: string]: Json };

/**
 * What a root field of a query asks for, however it may be written. Arguments are as a resolver gets them: defaults stand
 * in it, and what is absent has none. The order of what is selected is the order of the answer.
 */
export interface FieldMeaning {
  readonly kind: 'field';
  /** The type on which it is selected. */
  readonly parent: string;
  name: string;
  responseName: string;
  args: Arguments;
  /** Null for a leaf. */
  readonly items: Item[] | null;
  readonly scope: Scope;
  /** Written with a condition: whether it holds. Null: none is needed. */
  condition: boolean | null;
}

/** What is selected of values of a type, among those that may be there. */
export interface GroupMeaning {
  readonly kind: 'group';
  on: string;
  readonly items: Item[];
}

export type Item = FieldMeaning | GroupMeaning;

/** The names in one answered object: fields selected in several places under one name are one field. */
export interface Scope {
  readonly names: Map<string, Named>;
}

export interface Named {
  /** Where it is selected, and with what. */
  readonly uses: { readonly parent: string; readonly signature: string }[];
  readonly type: string;
  readonly below: Scope;
}

export const emptyScope = (): Scope => ({ names: new Map<string, Named>() });

/** Lists of items in which order matters, with the type on which they are selected; those inside groups, too. */
export interface Selection {
  readonly on: string;
  readonly items: Item[];
}

export function fieldsOf(field: FieldMeaning): readonly FieldMeaning[] {
  return [field, ...selectionsOf(field).flatMap(({ items }) => items.filter((item) => item.kind === 'field'))];
}

/** @param typeOf the named type of a field. */
export function selectionsOf(field: FieldMeaning): readonly { readonly items: Item[] }[] {
  const found: { readonly items: Item[] }[] = [];
  const walk = (items: Item[]): void => {
    found.push({ items });
    for (const item of items) if (item.items !== null) walk(item.items);
  };
  if (field.items !== null) walk(field.items);
  return found;
}

export function objectTypesOf(schema: GraphQLSchema, type: GraphQLCompositeType): readonly GraphQLObjectType[] {
  return isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
}
