import { getArgumentValues, Kind, type DirectiveNode, type FieldNode, type GraphQLDirective, type GraphQLField, type ValueNode } from 'graphql';
import { argumentText } from './argument-text.js';

export type Variables = Readonly<Record<string, unknown>>;

/** Arguments whose values are known only with the variables. */
export interface Gap {
  readonly of: GraphQLField<unknown, unknown> | GraphQLDirective;
  readonly node: FieldNode | DirectiveNode;
}

/** What is selected of a value, for the types that it can be of; for some of them perhaps the same. */
export interface Alternatives {
  readonly byTypes: readonly { readonly types: readonly string[]; readonly text: Template }[];
}

export type Part = string | Gap | Alternatives;

/**
 * A text with gaps: filled, it tells what a selection means, in one way only (P5). Whether an argument was written into the
 * document, sent as a variable or left to its default, its text is the same.
 */
export type Template = readonly Part[];

/** @throws Error when the arguments cannot be had with these variables, or are no plain data. */
export function fill(template: Template, variables: Variables): string {
  let text = '';
  for (const part of template) {
    if (typeof part === 'string') text += part;
    else text += 'byTypes' in part ? alternativesText(part.byTypes.map(({ types, text: of }) => ({ types, text: fill(of, variables) }))) : argumentsText(part, variables);
  }
  return text;
}

/** As an alternative for each type, in one way only: types of the same text stand together, wherever it comes from. */
export function alternatives(byTypes: Alternatives['byTypes']): Template {
  const texts = byTypes.flatMap(({ types, text }) => (text.length === 1 && typeof text[0] === 'string' ? [{ types, text: text[0] }] : []));
  return texts.length === byTypes.length ? [alternativesText(texts)] : [{ byTypes }];
}

function alternativesText(byTypes: readonly { readonly types: readonly string[]; readonly text: string }[]): string {
  const typesOf = new Map<string, string[]>();
  for (const { types, text } of byTypes) typesOf.set(text, [...(typesOf.get(text) ?? []), ...types]);
  const [only] = typesOf.keys();
  if (only !== undefined && typesOf.size === 1) return only;
  const written = [...typesOf].map(([text, types]) => types.sort().join('|') + text);
  return `<${written.sort().join('')}>`;
}

/** How much it says: its characters, and a little for each gap. */
export function sizeOf(template: Template): number {
  let size = 0;
  for (const part of template) {
    if (typeof part === 'string') size += part.length;
    else size += 'byTypes' in part ? part.byTypes.reduce((sum, { text }) => sum + sizeOf(text), 0) : 1;
  }
  return size;
}

/** The template of arguments: their text, where no variable plays a part. */
export function argumentsOf(gap: Gap): string | Gap {
  return usesVariables(gap.node) ? gap : argumentsText(gap, {});
}

export function concat(parts: readonly Part[]): Template {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined;
}

export function sameTemplate(a: Template, b: Template): boolean {
  return a.length === b.length && a.every((part, at) => part === b[at]);
}

function argumentsText({ of, node }: Gap, variables: Variables): string {
  return argumentText(of.args, getArgumentValues(of as GraphQLField<unknown, unknown>, node, variables));
}

function usesVariables(node: FieldNode | DirectiveNode): boolean {
  return (node.arguments ?? []).some(({ value }) => isVariable(value));
}

function isVariable(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true;
  if (value.kind === Kind.LIST) return value.values.some(isVariable);
  return value.kind === Kind.OBJECT && value.fields.some((field) => isVariable(field.value));
}
