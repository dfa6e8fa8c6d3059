import { getNamedType, isAbstractType, isCompositeType, isInterfaceType, isObjectType, isRequiredArgument, type GraphQLField, type GraphQLSchema } from 'graphql';
import type { Choices } from '../choices.js';
import { fieldsOf, objectTypesOf, selectionsOf, type FieldMeaning, type GroupMeaning, type Item } from './meaning.js';
import { areSame, isSame, type Values } from './values.js';

/** Two meanings that differ in one thing. */
export interface NearMiss {
  readonly kind: string;
  readonly one: FieldMeaning;
  readonly other: FieldMeaning;
}

interface Site {
  readonly kind: string;
  /** Changes a copy. @returns false where it cannot be changed in this way. */
  readonly change: (copy: FieldMeaning) => boolean;
}

/** So many places are tried for a change of one kind. */
const MAX_TRIES = 8;

/** Makes another meaning of a meaning: null where none was found. */
export class NearMisses {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly values: Values,
  ) {}

  of(choices: Choices, meaning: FieldMeaning): NearMiss | null {
    const sites = this.#sites(choices, meaning);
    const kinds = [...new Set(sites.map(({ kind }) => kind))];
    for (const kind of choices.shuffled(kinds)) {
      for (const { change } of choices.shuffled(sites.filter((site) => site.kind === kind)).slice(0, MAX_TRIES)) {
        const [one, other] = [structuredClone(meaning), structuredClone(meaning)];
        if (!change(other)) continue;
        fieldsOf(other).forEach(({ condition }, at) => {
          // The same text for both, and another value of one variable.
          if (condition === false) (fieldsOf(one)[at] as FieldMeaning).condition = true;
        });
        return { kind, one, other };
      }
    }
    return null;
  }

  #sites(choices: Choices, meaning: FieldMeaning): readonly Site[] {
    const all = fieldsOf(meaning);
    const ofFields = all.flatMap((field, at) => {
      const copied = (change: (field: FieldMeaning) => boolean) => (copy: FieldMeaning) => change(fieldsOf(copy)[at] as FieldMeaning);
      const isRoot = at === 0;
      if (!isRoot && !isAlone(field)) return [];
      const sites: Site[] = [
        { kind: 'argument', change: copied((one) => this.#changeArgument(choices, one)) },
        { kind: 'arguments swapped', change: copied((one) => this.#swapArguments(choices, one)) },
        { kind: 'another field', change: copied((one) => this.#changeField(choices, one)) },
        { kind: 'type condition', change: copied((one) => this.#changeCondition(choices, one)) },
      ];
      if (isRoot) return sites;
      return [...sites, { kind: 'alias', change: copied(changeAlias) }, { kind: 'condition', change: copied(leaveOut) }];
    });
    const ofLists = selectionsOf(meaning).map((_, at): Site => ({ kind: 'order', change: (copy) => swapNeighbours(choices, selectionsOf(copy)[at]?.items ?? []) }));
    return [...ofFields, ...ofLists];
  }

  #changeArgument(choices: Choices, field: FieldMeaning): boolean {
    const inputs = this.#definition(field)?.args ?? [];
    if (inputs.length === 0) return false;
    const others = this.values.otherInput(choices, choices.pick(inputs), field.args);
    const different = others.filter((args) => !areSame(inputs, args, field.args));
    if (different.length === 0) return false;
    field.args = choices.pick(different);
    return true;
  }

  #swapArguments(choices: Choices, field: FieldMeaning): boolean {
    const inputs = this.#definition(field)?.args ?? [];
    const pairs = inputs.flatMap((a) => inputs.filter((b) => a.name < b.name && String(a.type) === String(b.type)).map((b) => ({ a: a.name, b: b.name, type: a.type })));
    const swaps = pairs.filter(({ a, b, type }) => field.args[a] !== undefined && field.args[b] !== undefined && !isSame(type, field.args[a], field.args[b]));
    if (swaps.length === 0) return false;
    const { a, b } = choices.pick(swaps);
    field.args = { ...field.args, [a]: field.args[b] as never, [b]: field.args[a] as never };
    return true;
  }

  /** Another field of the same type, answered under the same name. */
  #changeField(choices: Choices, field: FieldMeaning): boolean {
    const own = this.#definition(field);
    if (own === undefined) return false;
    const others = this.#siblings(field).filter(
      (other) =>
        other.name !== field.name &&
        String(other.type) === String(own.type) &&
        other.args.every((arg) => !isRequiredArgument(arg) || field.args[arg.name] !== undefined) &&
        own.args.every((arg) => other.args.some((its) => its.name === arg.name && String(its.type) === String(arg.type))),
    );
    if (others.length === 0) return false;
    const other = choices.pick(others);
    field.args = { ...this.values.arguments(choices, other.args), ...field.args };
    field.name = other.name;
    return true;
  }

  /** What is selected of one type, selected of another. */
  #changeCondition(choices: Choices, field: FieldMeaning): boolean {
    const type = this.#definition(field)?.type;
    const below = type === undefined ? undefined : getNamedType(type);
    if (below === undefined || !isCompositeType(below) || !isAbstractType(below)) return false;
    const moves = (field.items ?? []).flatMap((item) => {
      if (item.kind !== 'group' || !isObjectType(this.schema.getType(item.on))) return [];
      return objectTypesOf(this.schema, below)
        .filter((to) => to.name !== item.on && item.items.every((inner) => this.#isOn(to.getFields(), inner)))
        .map((to) => ({ item, to: to.name }));
    });
    if (moves.length === 0) return false;
    const { item, to } = choices.pick(moves);
    moveTo(item, to);
    return true;
  }

  #isOn(fields: Readonly<Record<string, GraphQLField<unknown, unknown>>>, item: Item): boolean {
    if (item.kind === 'group' || !isAlone(item)) return false;
    if (item.name === '__typename') return true;
    const [there, here] = [fields[item.name], this.#definition(item)];
    return there !== undefined && here !== undefined && String(there.type) === String(here.type) && String(there.args.map(String)) === String(here.args.map(String));
  }

  #definition(field: FieldMeaning): GraphQLField<unknown, unknown> | undefined {
    return this.#siblings(field).find(({ name }) => name === field.name);
  }

  #siblings({ parent }: FieldMeaning): readonly GraphQLField<unknown, unknown>[] {
    const type = this.schema.getType(parent);
    return isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  }
}

/** Whether nothing else is answered under its name: then the answer changes with it. */
function isAlone({ scope, responseName }: FieldMeaning): boolean {
  return scope.names.get(responseName)?.uses.length === 1;
}

function changeAlias(field: FieldMeaning): boolean {
  const names = [`${field.responseName}_`, `${field.name}2`, field.name];
  const free = names.find((name) => name !== field.responseName && !field.scope.names.has(name));
  if (free === undefined) return false;
  field.responseName = free;
  return true;
}

function leaveOut(field: FieldMeaning): boolean {
  field.condition = false;
  return true;
}

function swapNeighbours(choices: Choices, items: Item[]): boolean {
  const places = items.flatMap((item, at) => {
    const next = items[at + 1];
    return item.kind === 'field' && next?.kind === 'field' && isAlone(item) && isAlone(next) ? [at] : [];
  });
  if (places.length === 0) return false;
  const at = choices.pick(places);
  items.splice(at, 2, items[at + 1] as Item, items[at] as Item);
  return true;
}

function moveTo(group: GroupMeaning, type: string): void {
  group.on = type;
  for (const item of group.items) if (item.kind === 'field') (item as { parent: string }).parent = type;
}
