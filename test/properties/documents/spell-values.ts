import { getNullableType, GraphQLNonNull, isEnumType, isInputObjectType, isListType, isNonNullType, isNullableType, type GraphQLInputField, type GraphQLInputType } from 'graphql';
import type { Choices } from '../choices.js';
import type { Arguments, Json } from './meaning.js';
import { defaultOf, isSame } from './values.js';

/** A variable of an operation, and what is sent for it: undefined for nothing. */
export interface Variable {
  readonly name: string;
  readonly type: string;
  /** Tokens of its default. */
  readonly byDefault: readonly string[] | null;
  readonly sent: Json | undefined;
}

const NAMES = ['a', 'b', 'x', 'y', 'id', 'first', 'input', 'if', 'on', 'query', 'true1'];

const CANONICAL_NUMBER = /^(0|-?[1-9]\d{0,8})$/;

/** Writes values in one of the ways in which they can be written, as literals or by variables. */
export class ValueSpeller {
  readonly variables: Variable[] = [];

  constructor(
    private readonly choices: Choices,
    private readonly newName: (wanted: string) => string,
  ) {}

  /** Tokens, or null to leave it out. */
  input({ type, byDefault }: { readonly type: GraphQLInputType; readonly byDefault: Json | undefined }, value: Json | undefined): readonly string[] | null {
    const { choices } = this;
    if (value === undefined) return choices.chance(0.3) ? [this.#absent(type)] : null;
    if (byDefault !== undefined && isSame(type, value, byDefault) && choices.chance(0.6)) {
      // A variable that is not sent is as if nothing had been written.
      return choices.chance(0.3) ? [this.#absent(getNullableType(type))] : null;
    }
    return this.value(type, value);
  }

  value(type: GraphQLInputType, value: Json): readonly string[] {
    return this.choices.chance(0.3) ? [this.#sent(type, value)] : this.literal(type, value);
  }

  /** A condition, of a directive. */
  condition(holds: boolean): readonly string[] {
    if (this.choices.chance(0.5)) return [String(holds)];
    return [this.variable(holds)];
  }

  /** A variable that is a condition, written in the same way whether it holds or not. */
  variable(holds: boolean): string {
    return this.#add({ type: 'Boolean!', byDefault: this.choices.chance(0.3) ? ['true'] : null, sent: holds });
  }

  literal(type: GraphQLInputType, value: Json): readonly string[] {
    const inner = getNullableType(type);
    if (value === null) return ['null'];
    if (isListType(inner)) return this.#list(inner.ofType, value as readonly Json[]);
    if (isInputObjectType(inner)) return this.#object(Object.values(inner.getFields()), value as Arguments);
    if (isEnumType(inner)) return [value as string];
    return this.#leaf(inner.name, value);
  }

  #list(type: GraphQLInputType, list: readonly Json[]): readonly string[] {
    const [only] = list;
    // One that is no list itself may stand for the list of it.
    if (list.length === 1 && only !== undefined && isSingle(type, only) && this.choices.chance(0.3)) return this.literal(type, only);
    return ['[', ...list.flatMap((item) => this.value(type, item)), ']'];
  }

  #object(fields: readonly GraphQLInputField[], value: Arguments): readonly string[] {
    const written = this.choices.shuffled(fields).flatMap((field) => {
      const tokens = this.input({ type: field.type, byDefault: defaultOf(field) }, value[field.name]);
      return tokens === null ? [] : [field.name, ':', ...tokens];
    });
    return ['{', ...written, '}'];
  }

  #leaf(type: string, value: Json): readonly string[] {
    const { choices } = this;
    if (typeof value === 'object' && value !== null) return untyped(value);
    if (typeof value === 'number' && type === 'Float' && choices.chance(0.4)) return [Number.isInteger(value) && Math.abs(value) < 1e15 ? choices.pick([`${value}.0`, `${value}e0`]) : value.toExponential()];
    if (typeof value !== 'string') return [String(value)];
    if (type === 'ID' && CANONICAL_NUMBER.test(value) && choices.chance(0.5)) return [value];
    if (/^[a-z0-9](?:[a-z0-9 ]*[a-z0-9])?$/i.test(value) && choices.chance(0.2)) return [`"""${value}"""`];
    return [choices.chance(0.2) ? escaped(value) : JSON.stringify(value)];
  }

  /** As it is sent in variables. */
  #json(type: GraphQLInputType, value: Json): Json {
    const inner = getNullableType(type);
    if (value === null) return null;
    if (isListType(inner)) {
      const items = (value as readonly Json[]).map((item) => this.#json(inner.ofType, item));
      const [only] = items;
      return items.length === 1 && only !== undefined && isSingle(inner.ofType, only) && this.choices.chance(0.3) ? only : items;
    }
    if (isInputObjectType(inner)) {
      const members = this.choices.shuffled(Object.values(inner.getFields())).flatMap((field): [string, Json][] => {
        const member = (value as Arguments)[field.name];
        if (member === undefined || (isSame(field.type, member, defaultOf(field)) && this.choices.chance(0.5))) return [];
        return [[field.name, this.#json(field.type, member)]];
      });
      return Object.fromEntries(members);
    }
    if (!isEnumType(inner) && inner.name === 'ID' && typeof value === 'string' && CANONICAL_NUMBER.test(value) && this.choices.chance(0.5)) return Number(value);
    return value;
  }

  #absent(type: GraphQLInputType): string {
    return this.#add({ type: String(getNullableType(type)), byDefault: null, sent: undefined });
  }

  #sent(type: GraphQLInputType, value: Json): string {
    const { choices } = this;
    const known = this.variables.find((variable) => variable.type === String(type) && variable.sent !== undefined && isSame(type, variable.sent, value));
    if (known !== undefined && choices.chance(0.4)) return `$${known.name}`;
    const isStricter = value !== null && isNullableType(type) && choices.chance(0.2);
    if (value !== null && choices.chance(0.35)) {
      // A variable with a default may stand where null may not.
      const looser = isNonNullType(type) && choices.chance(0.5) ? getNullableType(type) : type;
      const isSent = choices.chance(0.3);
      return this.#add({ type: String(looser), byDefault: this.#constant(type, value), sent: isSent ? this.#json(type, value) : undefined });
    }
    return this.#add({ type: String(isStricter ? new GraphQLNonNull(type) : type), byDefault: null, sent: this.#json(type, value) });
  }

  /** A default cannot contain variables. */
  #constant(type: GraphQLInputType, value: Json): readonly string[] {
    const speller = new ValueSpeller(this.choices, this.newName);
    const tokens = speller.literal(type, value);
    return speller.variables.length === 0 ? tokens : plain(type, value);
  }

  #add(variable: Omit<Variable, 'name'>): string {
    const name = this.newName(this.choices.pick(NAMES));
    this.variables.push({ ...variable, name });
    return `$${name}`;
  }
}

function isSingle(type: GraphQLInputType, value: Json): boolean {
  return value !== null && !Array.isArray(value) && !isListType(getNullableType(type));
}

/** The one plain way to write a value. */
function plain(type: GraphQLInputType, value: Json): readonly string[] {
  const inner = getNullableType(type);
  if (isListType(inner) && value !== null) return ['[', ...(value as readonly Json[]).flatMap((item) => plain(inner.ofType, item)), ']'];
  if (isInputObjectType(inner) && value !== null) {
    return ['{', ...Object.values(inner.getFields()).flatMap((field) => member(field, (value as Arguments)[field.name])), '}'];
  }
  return isEnumType(inner) ? [value as string] : untyped(value);
}

function member(field: GraphQLInputField, value: Json | undefined): readonly string[] {
  return value === undefined ? [] : [field.name, ':', ...plain(field.type, value)];
}

function untyped(value: Json): readonly string[] {
  if (Array.isArray(value)) return ['[', ...(value as readonly Json[]).flatMap(untyped), ']'];
  if (typeof value === 'object' && value !== null) return ['{', ...Object.entries(value as Arguments).flatMap(([name, inner]) => [name, ':', ...untyped(inner)]), '}'];
  return [JSON.stringify(value)];
}

/** Every UTF-16 unit by its number. */
function escaped(text: string): string {
  return `"${text.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
}
