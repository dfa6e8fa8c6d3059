import { getNullableType, isInputObjectType, isListType, type GraphQLArgument, type GraphQLInputType } from 'graphql';
import { canonical } from '../../lib/canonical.js';

/**
 * A typed, injective text form of coerced arguments (P5). Arguments and members of input objects have no order. The schema does
 * not describe the value of a scalar: there, two orders of members are two values.
 *
 * @throws TypeError for what is not plain data.
 */
export function argumentText(args: readonly Pick<GraphQLArgument, 'name' | 'type'>[], values: Readonly<Record<string, unknown>>): string {
  return membersText(values, (name) => args.find((arg) => arg.name === name)?.type);
}

function membersText(values: Readonly<Record<string, unknown>>, typeOf: (name: string) => GraphQLInputType | undefined): string {
  const names = Object.keys(values).filter((name) => values[name] !== undefined).sort();
  return `o${names.length}:${names.map((name) => `${name.length}:${name}${valueText(typeOf(name), values[name])}`).join('')}`;
}

function valueText(type: GraphQLInputType | undefined, value: unknown): string {
  const inner = type === undefined ? undefined : getNullableType(type);
  if (isListType(inner) && Array.isArray(value)) return `a${value.length}:${value.map((item) => valueText(inner.ofType, item)).join('')}`;
  if (!isInputObjectType(inner) || !isRecord(value)) return canonical(value, 'kept');
  const fields = inner.getFields();
  return membersText(value, (name) => fields[name]?.type);
}

/** Whether a value is a plain object, as coercion makes it of an input object, and no class instance. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
