import { getArgumentValues, Kind, type DirectiveNode, type FieldNode, type GraphQLDirective, type GraphQLField, type ValueNode } from 'graphql';
import { canonical } from '../../lib/canonical.js';

export type Variables = Readonly<Record<string, unknown>>;

/** Arguments whose values are known only with the variables. */
export interface Gap {
  readonly of: GraphQLField<unknown, unknown> | GraphQLDirective;
  readonly node: FieldNode | DirectiveNode;
}

/**
 * A text with gaps: filled, it tells what a selection means, in one way only (P5). Whether an argument was written into the
 * document, sent as a variable or left to its default, its text is the same.
 */
export type Template = readonly (string | Gap)[];

/** @throws Error when the arguments cannot be had with these variables, or are no plain data. */
export function fill(template: Template, variables: Variables): string {
  let text = '';
  for (const part of template) text += typeof part === 'string' ? part : argumentsText(part, variables);
  return text;
}

/** The template of arguments: their text, where no variable plays a part. */
export function argumentsOf(gap: Gap): string | Gap {
  return usesVariables(gap.node) ? gap : argumentsText(gap, {});
}

export function concat(parts: readonly (string | Gap)[]): Template {
  const joined: (string | Gap)[] = [];
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
  return canonical(getArgumentValues(of as GraphQLField<unknown, unknown>, node, variables));
}

function usesVariables(node: FieldNode | DirectiveNode): boolean {
  return (node.arguments ?? []).some(({ value }) => isVariable(value));
}

function isVariable(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return true;
  if (value.kind === Kind.LIST) return value.values.some(isVariable);
  return value.kind === Kind.OBJECT && value.fields.some((field) => isVariable(field.value));
}
