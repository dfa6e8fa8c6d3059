import { getNamedType, isAbstractType, isCompositeType, isInterfaceType, isObjectType, isUnionType, SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef, type GraphQLCompositeType, type GraphQLField, type GraphQLSchema } from 'graphql';
import type { Choices } from '../choices.js';
import { layOut } from './lay-out.js';
import { objectTypesOf, type FieldMeaning, type GroupMeaning, type Item, type Json, type Scope } from './meaning.js';
import { ValueSpeller } from './spell-values.js';
import { defaultOf } from './values.js';

/** A root field, and the name under which this document asks for it. */
export interface SpelledRoot {
  readonly responseName: string;
  readonly field: FieldMeaning;
}

/** A query as a client would send it. */
export interface SpelledQuery {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: { readonly [name: string]: Json };
}

type Tokens = readonly string[];

/** Something selected, written. What repeats it may come anywhere behind it. */
interface Part {
  readonly tokens: Tokens;
  readonly repeats: readonly Tokens[];
}

const OPERATION_NAMES = ['Q', 'query', 'fragment', 'on', 'A', 'B'];
const FRAGMENT_NAMES = ['F', 'G', 'query', 'a', 'Node', 'fragment'];

/** Asks for root fields, in this order, in one of the many ways in which it can be done. */
export function spell(choices: Choices, schema: GraphQLSchema, roots: readonly SpelledRoot[]): SpelledQuery {
  return new Speller(choices, schema).query(roots);
}

class Speller {
  readonly #values: ValueSpeller;
  readonly #fragments: Tokens[] = [];
  readonly #names = new Set<string>();
  /** Arguments of fields that are merged have to be written in the same way. */
  readonly #arguments = new Map<Scope, Map<string, readonly Tokens[]>>();
  #left = 0;

  constructor(
    private readonly choices: Choices,
    private readonly schema: GraphQLSchema,
  ) {
    this.#values = new ValueSpeller(choices, (wanted) => this.#newName('$', wanted));
  }

  query(roots: readonly SpelledRoot[]): SpelledQuery {
    const { choices } = this;
    const type = this.schema.getQueryType();
    if (!type) throw new Error('the schema answers no queries');
    const parts = roots.flatMap(({ field, responseName }) => this.#parts(type, { ...field, responseName }));
    const selection = this.#braces(type, parts);
    const { variables } = this.#values;
    const definitions = choices.shuffled(variables).flatMap(({ name, type: of, byDefault }) => [`$${name}`, ':', of, ...(byDefault === null ? [] : ['=', ...byDefault])]);
    const name = choices.chance(0.5) ? choices.pick(OPERATION_NAMES) : null;
    const isShort = name === null && definitions.length === 0 && choices.chance(0.5);
    const head = isShort ? [] : ['query', ...(name === null ? [] : [name]), ...(definitions.length === 0 ? [] : ['(', ...definitions, ')'])];
    const others = name !== null && choices.chance(0.15) ? [['query', `${name}Other`, '{', '__typename', '}']] : [];
    const written = choices.shuffled([[...head, ...selection], ...others, ...this.#fragments]);
    const sent = variables.flatMap((variable): [string, Json][] => (variable.sent === undefined ? [] : [[variable.name, variable.sent]]));
    if (choices.chance(0.1)) sent.push(['unused', choices.below(100)]);
    return {
      query: layOut(choices, written.flat()),
      operationName: others.length > 0 || (name !== null && choices.chance(0.5)) ? (name ?? undefined) : undefined,
      variables: Object.fromEntries(choices.shuffled(sent)),
    };
  }

  /** A selection set of parts: some of them in fragments, some again, some that are left out. */
  #braces(type: GraphQLCompositeType, parts: readonly Part[]): Tokens {
    const { choices } = this;
    let written: Tokens[] = [];
    for (const { tokens, repeats } of [...parts].reverse()) {
      for (const repeat of repeats) written.splice(choices.below(written.length + 1), 0, repeat);
      written = [tokens, ...written];
    }
    if (choices.chance(0.1)) written.splice(choices.below(written.length + 1), 0, this.#leftOut());
    while (written.length > 0 && choices.chance(0.15)) {
      const from = choices.below(written.length);
      const run = written.slice(from, from + 1 + choices.below(written.length - from));
      const { tokens, repeats } = this.#wrapped(type, run);
      written = [...written.slice(0, from), tokens, ...written.slice(from + run.length)];
      for (const repeat of repeats) written.splice(from + 1 + choices.below(written.length - from), 0, repeat);
      // Left out here, and selected behind: it still counts.
      if (choices.chance(0.1) && tokens[0] === '...' && tokens.length === 2) written.splice(from, 0, [...tokens, '@include', '(', 'if', ':', 'false', ')']);
    }
    return ['{', ...written.flat(), '}'];
  }

  /** A run of a selection, in a fragment. */
  #wrapped(type: GraphQLCompositeType, run: readonly Tokens[]): Part {
    const { choices } = this;
    if (choices.chance(0.5)) return { tokens: ['...', ...(choices.chance(0.5) ? ['on', type.name] : []), ...this.#holding(), '{', ...run.flat(), '}'], repeats: [] };
    return this.#fragment(type.name, ['{', ...run.flat(), '}']);
  }

  #fragment(on: string, selection: Tokens): Part {
    const name = this.#newName('...', this.choices.pick(FRAGMENT_NAMES));
    this.#fragments.push(['fragment', name, 'on', on, ...selection]);
    const spread = ['...', name];
    return { tokens: [...spread, ...this.#holding()], repeats: this.choices.chance(0.15) ? [[...spread, ...this.#holding()]] : [] };
  }

  /** One item of a selection; several where it is written once for each type. */
  #parts(type: GraphQLCompositeType, item: Item): readonly Part[] {
    if (item.kind === 'group') return [this.#group(type, item)];
    if (!isAbstractType(type) || !this.choices.chance(0.1)) return [this.#field(item)];
    const each = objectTypesOf(this.schema, type).map((possible) => this.#group(type, { kind: 'group', on: possible.name, items: [item] }));
    return this.choices.shuffled(each);
  }

  #group(outer: GraphQLCompositeType, { on, items }: GroupMeaning): Part {
    const type = this.#composite(on);
    const selection = this.#braces(type, this.#list(type, items));
    const part: Part = this.choices.chance(0.3) ? this.#fragment(on, selection) : { tokens: ['...', 'on', on, ...this.#holding(), ...selection], repeats: [] };
    // By way of an interface or a union that says the same.
    const around = isObjectType(type) && this.choices.chance(0.1) ? this.#abstractTypesOf(on).filter((name) => name !== outer.name) : [];
    return around.length === 0 ? part : { ...part, tokens: ['...', 'on', this.choices.pick(around), ...this.#holding(), '{', ...part.tokens, '}'] };
  }

  #list(type: GraphQLCompositeType, items: readonly Item[]): readonly Part[] {
    return this.#reordered(items).flatMap((item) => this.#parts(type, item));
  }

  /** Neighbours that are never both answered may change places. */
  #reordered(items: readonly Item[]): readonly Item[] {
    const list = [...items];
    for (let at = 0; at + 1 < list.length; at++) {
      const [one, other] = [list[at] as Item, list[at + 1] as Item];
      if (one.kind !== 'group' || other.kind !== 'group' || !this.choices.chance(0.3)) continue;
      const possible = objectTypesOf(this.schema, this.#composite(one.on));
      if (!objectTypesOf(this.schema, this.#composite(other.on)).some((type) => possible.includes(type))) list.splice(at, 2, other, one);
    }
    return list;
  }

  #field(field: FieldMeaning): Part {
    const { choices } = this;
    const { name, responseName, items } = field;
    const head = (): string[] => {
      const args = choices.shuffled(this.#argumentsOf(field));
      const alias = responseName !== name ? [responseName, ':'] : choices.chance(0.03) ? [name, ':'] : [];
      return [...alias, name, ...(args.length === 0 ? [] : ['(', ...args.flat(), ')']), ...this.#conditions(field)];
    };
    if (items === null) return { tokens: head(), repeats: choices.chance(0.1) && field.condition === null ? [head()] : [] };
    const type = this.#composite(getNamedType(this.#definition(field).type).name);
    // Where another selects under the same name between the two, what comes first would be another.
    const isAlone = field.scope.names.get(field.responseName)?.uses.length === 1 || field.scope.names.size === 0;
    if (field.condition !== null || !isAlone || !choices.chance(0.15)) return { tokens: [...head(), ...this.#braces(type, this.#list(type, items))], repeats: [] };
    // The first occurrence says where it stands, and what of it comes first.
    const [first, rest] = [items.slice(0, 1 + choices.below(items.length)), [] as Item[]];
    rest.push(...items.slice(first.length));
    const again = rest.length === 0 || choices.chance(0.3) ? [...choices.some(first), ...rest] : rest;
    const written = (some: readonly Item[]): Tokens => [...head(), ...this.#braces(type, this.#list(type, some))];
    return { tokens: written(first), repeats: [written(again)] };
  }

  #argumentsOf(field: FieldMeaning): readonly Tokens[] {
    let known = this.#arguments.get(field.scope);
    if (known === undefined) this.#arguments.set(field.scope, (known = new Map<string, readonly Tokens[]>()));
    const { args: inputs } = this.#definition(field);
    // Of the same name in two types, one may take what the other does not know.
    const of = `${field.responseName} ${field.name} ${inputs.map(({ name, type }) => `${name}: ${String(type)}`).join()} ${JSON.stringify(field.args)}`;
    let tokens = known.get(of);
    if (tokens === undefined) {
      tokens = inputs.flatMap((arg) => {
        const value = this.#values.input({ type: arg.type, byDefault: defaultOf(arg) }, field.args[arg.name]);
        return value === null ? [] : [[arg.name, ':', ...value]];
      });
      known.set(of, tokens);
    }
    return tokens;
  }

  #conditions({ condition }: FieldMeaning): Tokens {
    if (condition === null) return this.#holding();
    return this.choices.chance(0.5) ? ['@include', '(', 'if', ':', this.#values.variable(condition), ')'] : ['@skip', '(', 'if', ':', this.#values.variable(!condition), ')'];
  }

  /** Perhaps a condition, that holds. */
  #holding(): Tokens {
    const { choices } = this;
    if (!choices.chance(0.06)) return [];
    const skip = (): Tokens => ['@skip', '(', 'if', ':', ...this.#values.condition(false), ')'];
    const include = (): Tokens => ['@include', '(', 'if', ':', ...this.#values.condition(true), ')'];
    return choices.pick([include, skip, () => [...skip(), ...include()], () => [...include(), ...skip()]])();
  }

  /** A field that is not selected. */
  #leftOut(): Tokens {
    const name = `left${++this.#left}`;
    const condition = this.choices.chance(0.5) ? ['@include', '(', 'if', ':', ...this.#values.condition(false), ')'] : ['@skip', '(', 'if', ':', ...this.#values.condition(true), ')'];
    return [name, ':', '__typename', ...condition];
  }

  #definition({ parent, name }: FieldMeaning): Pick<GraphQLField<unknown, unknown>, 'args' | 'type'> {
    const type = this.schema.getType(parent);
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    const meta = [TypeNameMetaFieldDef, TypeMetaFieldDef, SchemaMetaFieldDef].find((one) => one.name === name);
    if (field === undefined && meta === undefined) throw new Error(`there is no field ${parent}.${name}`);
    return field ?? (meta as GraphQLField<unknown, unknown>);
  }

  #composite(name: string): GraphQLCompositeType {
    const type = this.schema.getType(name);
    if (!isCompositeType(type)) throw new Error(`${name} has no fields`);
    return type;
  }

  #abstractTypesOf(name: string): readonly string[] {
    return Object.values(this.schema.getTypeMap())
      .filter((type) => isInterfaceType(type) || isUnionType(type))
      .filter((type) => this.schema.getPossibleTypes(type).some((possible) => possible.name === name))
      .map((type) => type.name);
  }

  #newName(kind: string, wanted: string): string {
    for (let number = 0; ; number++) {
      const name = number === 0 ? wanted : `${wanted}${number}`;
      if (this.#names.has(kind + name) || (kind === '...' && name === 'on')) continue;
      this.#names.add(kind + name);
      return name;
    }
  }
}
