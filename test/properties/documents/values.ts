import {
  astFromValue,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  valueFromASTUntyped,
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
} from 'graphql';
import type { Choices } from '../choices.js';
import type { Arguments, Json } from './meaning.js';

/** Values of scalars that a schema defines, the plainest first. */
export type Scalars = Readonly<Record<string, readonly Json[]>>;

/** What texts are made of: whatever could be taken for the end of something. */
const TEXTS = ['a', 'b', '', '1', 'true', 'null', 'a b', 's1:a', '"', '\\', '),(', ':{};', '\n', '#', 'é', '😀', '0', 'o1:1:a', '$a', 'ab'];

const STANDARD: Scalars = {
  Int: [0, 1, 2, -1, 10, 11, 2 ** 31 - 1],
  Float: [0, 1, 0.5, -1.5, 1e21, 1e-7],
  String: TEXTS,
  ID: ['1', '2', '01', 'a', '', '-1', '1.0', '12'],
  Boolean: [false, true],
};

/** The default of an argument or an input field, as a client would send it; undefined where there is none. */
export function defaultOf(input: GraphQLArgument | GraphQLInputField): Json | undefined {
  if (input.defaultValue === undefined) return undefined;
  const node = astFromValue(input.defaultValue, input.type);
  return node === null || node === undefined ? undefined : (valueFromASTUntyped(node) as Json);
}

/** Whether two values mean the same: members of an input object have no order, those of a scalar's value have. */
export function isSame(type: GraphQLInputType, a: Json | undefined, b: Json | undefined): boolean {
  const inner = getNullableType(type);
  if (a === undefined || b === undefined || a === null || b === null) return a === b;
  if (isListType(inner)) {
    if (!Array.isArray(a) || !Array.isArray(b)) return JSON.stringify(a) === JSON.stringify(b);
    return a.length === b.length && a.every((item: Json, at) => isSame(inner.ofType, item, b[at] as Json));
  }
  if (isInputObjectType(inner)) return areSame(Object.values(inner.getFields()), a as Arguments, b as Arguments);
  return JSON.stringify(a) === JSON.stringify(b);
}

export function areSame(inputs: readonly (GraphQLArgument | GraphQLInputField)[], a: Arguments, b: Arguments): boolean {
  return inputs.every(({ name, type }) => isSame(type, a[name], b[name]));
}

export class Values {
  constructor(private readonly scalars: Scalars) {}

  /** What all arguments are, as a resolver gets them. */
  arguments(choices: Choices, defined: readonly (GraphQLArgument | GraphQLInputField)[]): Arguments {
    const args: Arguments = {};
    for (const input of defined) {
      const value = this.ofInput(choices, input);
      if (value !== undefined) args[input.name] = value;
    }
    return args;
  }

  ofInput(choices: Choices, input: GraphQLArgument | GraphQLInputField): Json | undefined {
    const byDefault = defaultOf(input);
    const isNeeded = isNonNullType(input.type) && byDefault === undefined;
    return isNeeded || choices.chance(0.5) ? this.of(choices, input.type) : byDefault;
  }

  of(choices: Choices, type: GraphQLInputType): Json {
    const inner = getNullableType(type);
    if (!isNonNullType(type) && choices.chance(0.15)) return null;
    if (isListType(inner)) return Array.from({ length: choices.below(4) }, () => this.of(choices, inner.ofType));
    if (isInputObjectType(inner)) return this.arguments(choices, Object.values(inner.getFields()));
    if (isEnumType(inner)) return choices.pick(inner.getValues()).name;
    const known = this.scalars[inner.name] ?? STANDARD[inner.name];
    if (known === undefined) throw new Error(`there are no values of ${inner.name} to choose from`);
    return choices.pick(known);
  }

  /** Another value of the type, near the one given; undefined when none was found. */
  other(choices: Choices, type: GraphQLInputType, value: Json): Json | undefined {
    const near = this.#near(choices, type, value);
    const different = near.filter((candidate) => !isSame(type, candidate, value));
    return different.length === 0 ? undefined : choices.pick(different);
  }

  #near(choices: Choices, type: GraphQLInputType, value: Json): readonly Json[] {
    const inner = getNullableType(type);
    const orNull: Json[] = isNonNullType(type) ? [] : [null];
    if (value === null) return [this.of(choices, inner)];
    if (isListType(inner)) return [...this.#nearList(choices, inner.ofType, value as readonly Json[]), ...orNull];
    if (isInputObjectType(inner)) return [...this.#nearObject(choices, Object.values(inner.getFields()), value as Arguments), ...orNull];
    if (isEnumType(inner)) return [...inner.getValues().map(({ name }) => name), ...orNull];
    const known = this.scalars[inner.name];
    if (known !== undefined) return [...known, ...orNull];
    if (typeof value === 'number') return [...(inner.name === 'Float' ? [value / 2] : []), value > 1000 ? value - 1 : value + 1, ...(value === 0 ? [] : [-value]), ...orNull];
    if (typeof value === 'boolean') return [!value, ...orNull];
    if (typeof value !== 'string') return orNull;
    return [`${value}a`, ` ${value}`, value.toUpperCase(), [...value].slice(1).join(''), ...orNull];
  }

  #nearList(choices: Choices, type: GraphQLInputType, list: readonly Json[]): readonly Json[] {
    const added = this.of(choices, type);
    const [first] = list;
    const changed = first === undefined ? undefined : this.other(choices, type, first);
    return [[...list, added], [added, ...list], list.slice(1), [...list].reverse(), ...(changed === undefined ? [] : [[changed, ...list.slice(1)]])];
  }

  #nearObject(choices: Choices, fields: readonly GraphQLInputField[], value: Arguments): readonly Json[] {
    return fields.flatMap((field) => this.otherInput(choices, field, value).filter((other) => !areSame(fields, other, value)));
  }

  /** Arguments that differ in this one: given or absent, null or not, another value. */
  otherInput(choices: Choices, input: GraphQLArgument | GraphQLInputField, args: Arguments): readonly Arguments[] {
    const { [input.name]: value, ...rest } = args;
    const byDefault = defaultOf(input);
    const found: Arguments[] = [];
    if (value === undefined) return isNonNullType(input.type) ? [] : [{ ...rest, [input.name]: null }, { ...rest, [input.name]: this.of(choices, input.type) }];
    if (!isNonNullType(input.type) && byDefault === undefined) found.push(rest);
    const other = this.other(choices, input.type, value);
    if (other !== undefined) found.push({ ...rest, [input.name]: other });
    return found;
  }
}
