import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  GraphQLError,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { setImmediate } from 'node:timers/promises';
import { GLOBAL, tags, type Partition, type Reader } from '../../../src/cache/index.js';
import type { Random } from '../../model/random.js';
import type { WhoAsks } from '../keys/askers.js';
import { READS_OPERATION } from './schema.js';
import type { World } from './world.js';

/** What resolvers get. Inside a piece, what those who share it have not in common is missing. */
export interface Context {
  readonly world: World;
  readonly who: WhoAsks;
  readonly partition: Partition;
  /** Null for plain execution. */
  readonly reader: Reader<null> | null;
  readonly knowsViewer: boolean;
  readonly knowsTenant: boolean;
}

/** An object is a row that others may share, and what was asked to get at it. */
interface Row {
  readonly __typename: string;
  readonly id: string;
  /** Whether the viewer decides about it. */
  readonly isOwn: boolean;
}

interface Asked {
  readonly context: Context;
  readonly info: GraphQLResolveInfo;
  readonly chance: Random;
  /** Of the row to be found. */
  readonly id: string;
  readonly isOwn: boolean;
}

/** Fields whose value is another each time they are asked. */
const TIMED = ['Live.now', 'Query.unhintedNumber', 'Crate.ticks', 'Chest.ticks'];
/** Fields that require permissions, all of them. */
const GUARDED: Readonly<Record<string, readonly string[]>> = { 'Query.allowed': ['read'], 'Crate.guarded': ['read', 'write'], 'Chest.guarded': ['read', 'write'] };
/** Found while they are made to depend on the viewer, or on the moment. */
const TIGHTENED: Readonly<Record<string, 'viewer' | 'time'>> = { 'Plain.mood': 'viewer', 'Plain.price': 'time' };

/** More rows than an entry keeps tags of one table for. */
const CROWD = 501;

/** Gives every field a resolver: one that finds what it is asked for, or nothing, or fails, now or later. */
export function resolveEverything(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve !== undefined && field.resolve !== defaultFieldResolver) throw new Error(`${type.name}.${field.name} has a resolver`);
      field.resolve = (parent: Row | undefined, args: Readonly<Record<string, unknown>>, context: Context, info) => {
        const { first } = context.world;
        const isBehind = first !== null && parent === undefined && String(info.path.key) !== first;
        return isBehind ? setImmediate().then(() => resolve({ parent, args, context, info })) : resolve({ parent, args, context, info });
      };
    }
  }
}

interface Call {
  readonly parent: Row | undefined;
  readonly args: Readonly<Record<string, unknown>>;
  readonly context: Context;
  readonly info: GraphQLResolveInfo;
}

function resolve({ parent, args, context, info }: Call): unknown {
  const { world, reader } = context;
  const coordinate = `${info.parentType.name}.${info.fieldName}`;
  const field = info.parentType.getFields()[info.fieldName] as GraphQLField<unknown, unknown>;
  const root = rootOf(info);
  world.called(root);
  const isShared = parent === undefined ? info.fieldName === 'global' : parent.id.startsWith('shared');
  const row = parent?.id ?? `${isShared ? 'shared' : context.partition} ${info.fieldName}`;
  world.read.add(row);
  reader?.collector.tag(tagOf(context.partition, row));
  // So many rows that the entry depends on the table instead: a change of the row must still invalidate the entry.
  if (reader !== null && world.about(row, ['crowd']).chance(0.05)) {
    for (let beside = 0; beside < CROWD; beside++) reader.collector.tag(tagOf(context.partition, `${row} beside ${beside}`));
  }

  if (GUARDED[coordinate]?.every((permission) => context.who.permissions.includes(permission)) === false) throw new GraphQLError('not allowed', { extensions: { code: 'FORBIDDEN' } });
  if (READS_OPERATION.has(coordinate)) {
    return world.about(row, [coordinate]).pick<unknown>([info.variableValues, [info.variableValues], Object.keys(info.variableValues), info.operation.name?.value]);
  }
  // What is kept for everybody may depend on its parent, and through it on the viewer, but not on the viewer.
  const isOwn = (parent?.isOwn === true && !['storedPart', 'soon'].includes(info.fieldName)) || returnsPrivate(field, info.schema);
  const question: unknown[] = [coordinate, args];
  const staysShared = isShared && info.fieldName !== 'tenantThing';
  if (!staysShared) question.push(tenantOf(context));
  if (isOwn) question.push(viewerOf(context));
  if (coordinate === 'Query.greeting') question.push(context.who.language);
  if (TIMED.includes(coordinate)) question.push(world.time);
  const tightened = TIGHTENED[coordinate];
  if (tightened !== undefined && world.about('hints', [coordinate, row]).chance(0.5)) {
    reader?.collector.restrict(tightened === 'viewer' ? { scope: 'PRIVATE' } : { maxAge: 0 });
    world.tightened.add(root);
    question.push(tightened === 'viewer' ? context.who.viewer : world.time);
  }
  const chance = world.about(row, question);
  const id = `${staysShared ? 'shared' : context.partition} ${chance.below(1e9)}`;
  return found(field.type, { context, info, chance, id, isOwn });
}

function found(type: GraphQLOutputType, asked: Asked): unknown {
  const { chance, info, context } = asked;
  const fails = info.fieldName === 'failing' ? 0.7 : context.world.failing;
  if (chance.chance(fails)) return failure(asked);
  const value = valueOf(type, asked);
  return chance.chance(0.4) ? later(chance.below(4), value) : value;
}

/** One of the ways in which a resolver can fail. */
function failure({ chance, info }: Asked): unknown {
  const error = new GraphQLError(`${info.parentType.name}.${info.fieldName} fails (${chance.below(100)})`, { extensions: { code: chance.pick(['A', 'B']) } });
  const way = chance.below(5);
  if (way === 0) return error;
  if (way === 1) return later(chance.below(4), error);
  if (way === 2) return failing(later(chance.below(4), null), error);
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- a resolver may throw anything
  if (way === 3) throw `a text, thrown (${chance.below(100)})`;
  throw error;
}

function valueOf(type: GraphQLOutputType, asked: Asked): unknown {
  const { chance, info, context } = asked;
  const inner = getNullableType(type);
  const goesWrong = context.world.failing / 3;
  if (chance.chance(isNonNullType(type) ? goesWrong : 0.12)) return chance.chance(0.5) ? null : undefined;
  if (isListType(inner)) {
    if (chance.chance(goesWrong)) return 'no list';
    return elements(inner.ofType, asked);
  }
  if (isCompositeType(inner)) {
    const types = isAbstractType(inner) ? info.schema.getPossibleTypes(inner).map(({ name }) => name) : [inner.name];
    return { __typename: chance.chance(goesWrong) && isAbstractType(inner) ? 'Live' : chance.pick(types), id: asked.id, isOwn: asked.isOwn } satisfies Row;
  }
  if (chance.chance(goesWrong)) return { not: 'a value of any scalar' };
  if (isEnumType(inner)) return chance.pick([...inner.getValues().map(({ name }) => name), ...(chance.chance(goesWrong) ? ['PURPLE'] : [])]);
  switch (inner.name) {
    case 'Int':
      return chance.below(1000);
    case 'Float':
      return chance.next();
    case 'Boolean':
      return chance.chance(0.5);
    case 'Day':
      return new Date(Date.UTC(2000, 0, 1 + chance.below(1000)));
    case 'Any':
      return chance.pick<unknown>([null, 1, '1', [1, [2]], { b: 1, a: [{ z: null, y: 'é\u2028"' }] }, true]);
    default:
      return chance.pick(['', 'text', '"', '\\', 'é😀', '\u2028', '</script>', 'a:b', '}', String(chance.below(1000))]);
  }
}

/**
 * Elements that must not be null are all there now, or all later: of one that fails now, GraphQL 16 forgets those that it
 * already waits for, and their failures are then nobody's.
 */
function elements(type: GraphQLOutputType, asked: Asked): readonly unknown[] {
  const { chance } = asked;
  const isLeaf = !isCompositeType(getNamedType(type)) && !isListType(getNullableType(type));
  const allNow = isLeaf && chance.chance(0.5);
  return Array.from({ length: chance.below(4) }, (_, at) => {
    const one: Asked = { ...asked, id: `${asked.id}.${at}` };
    if (!isNonNullType(type)) return element(type, one);
    return allNow ? valueOf(type, one) : later(chance.below(3), element(type, one));
  });
}

function element(type: GraphQLOutputType, asked: Asked): unknown {
  const { chance } = asked;
  try {
    return found(type, asked);
  } catch (error) {
    // In a list only a promise can fail.
    return failing(later(chance.below(3), null), error);
  }
}

/** GraphQL does not look at the rest of a list when one of it has failed: nobody may be surprised by what fails there. */
function failing(after: Promise<unknown>, reason: unknown): Promise<never> {
  const rejected = after.then(() => {
    throw reason;
  });
  rejected.catch(() => undefined);
  return rejected;
}

/** After so many turns of the promises. */
async function later<T>(turns: number, value: T): Promise<T> {
  for (let turn = 0; turn < turns; turn++) await Promise.resolve();
  return value;
}

export function tagOf(partition: Partition, row: string) {
  return tags.row(row.startsWith('shared') ? GLOBAL : partition, 'rows', row);
}

function returnsPrivate(field: GraphQLField<unknown, unknown>, schema: GraphQLSchema): boolean {
  const type = getNamedType(field.type);
  const types = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
  return types.some(({ name }) => name === 'Secret') || ['mine', 'note', 'ownName'].includes(field.name);
}

/** What a piece for many must not depend on is not there to be asked for. */
function viewerOf({ who, knowsViewer }: Context): string | null {
  if (!knowsViewer) throw new Error('a piece for all viewers asked for the viewer');
  return who.viewer;
}

function tenantOf({ partition, knowsTenant }: Context): string {
  if (!knowsTenant) throw new Error('a piece for all tenants asked for the tenant');
  return partition;
}

function rootOf(info: GraphQLResolveInfo): string {
  let { path } = info;
  while (path.prev !== undefined) path = path.prev;
  return String(path.key);
}
