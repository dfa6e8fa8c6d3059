import {
  BreakingChangeType,
  findBreakingChanges,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLSchema,
} from 'graphql';

export interface Versions {
  readonly before: GraphQLSchema;
  readonly after: GraphQLSchema;
  /** Lines that the change log has now and had not before. */
  readonly newLines: readonly string[];
}

/**
 * Breaking changes that were not announced: what goes or changes must have been `@deprecated` in the version before, and a
 * new line of the change log must name it (`Type.field`, `Enum.VALUE`, `Type.field(argument:)` or `Type`).
 *
 * A field that stays and may now be null cannot be `@deprecated`: it has no successor. The line that names it must call it breaking.
 */
export function unannounced({ before, after, newLines }: Versions): string[] {
  return findBreakingChanges(before, after).flatMap(({ type, description }) => {
    if (isTypeSystemDirective(before, type, description)) return [];
    const coordinate = coordinateOf(description);
    if (type === BreakingChangeType.FIELD_CHANGED_KIND && onlyBecameNullable({ before, after }, coordinate)) {
      const isAnnounced = newLines.some((line) => names(line, coordinate) && /\bbreaking\b/i.test(line));
      return isAnnounced ? [] : [`${description} no new line of CHANGELOG.md names ${coordinate} and calls the change breaking`];
    }
    const missing = [
      ...(isDeprecated(before, coordinate) ? [] : ['was not @deprecated before']),
      ...(newLines.some((line) => names(line, coordinate)) ? [] : [`no new line of CHANGELOG.md names ${coordinate}`]),
    ];
    return missing.length === 0 ? [] : [`${description} ${missing.join('; ')}`];
  });
}

const PATTERNS: readonly [RegExp, (match: RegExpExecArray) => string][] = [
  [/^(\S+) arg (\w+) /, (match) => `${match[1]}(${match[2]}:)`],
  [/^A required arg \w+ on (\S+) was added/, (match) => match[1] ?? ''],
  [/^A required field \w+ on input type (\w+) was added/, (match) => match[1] ?? ''],
  [/^(\w+) was removed from enum type (\w+)/, (match) => `${match[2]}.${match[1]}`],
  [/^\w+ was removed from union type (\w+)/, (match) => match[1] ?? ''],
];

/** graphql tells what broke only in words. */
function coordinateOf(description: string): string {
  for (const [pattern, coordinate] of PATTERNS) {
    const match = pattern.exec(description);
    if (match !== null) return coordinate(match);
  }
  return description.split(' ')[0] ?? '';
}

function names(line: string, coordinate: string): boolean {
  const at = line.indexOf(coordinate);
  return (
    at >= 0 && !/[\w.]/.test(line[at - 1] ?? ' ') && !/^[\w.(]/.test(line.slice(at + coordinate.length).replace(/^\.(\W|$)/, ' '))
  );
}

/** Whether a field whose kind changed answers the same type as before, except that null may stand where it could not. */
function onlyBecameNullable({ before, after }: Pick<Versions, 'before' | 'after'>, coordinate: string): boolean {
  const [from, to] = [before, after].map((schema) => outputTypeOf(schema, coordinate));
  return from !== undefined && from.replaceAll('!', '') === to?.replaceAll('!', '');
}

/** The type of a field of an object or an interface, as SDL writes it. */
function outputTypeOf(schema: GraphQLSchema, coordinate: string): string | undefined {
  const [typeName = '', member = ''] = coordinate.split('.');
  const type = schema.getType(typeName);
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[member]?.type.toString() : undefined;
}

/** A type cannot be deprecated: it counts as such when every field that returns it was. */
function isDeprecated(schema: GraphQLSchema, coordinate: string): boolean {
  const [, typeName = '', member, argument] = /^(\w+)(?:\.(\w+)(?:\((\w+):\))?)?$/.exec(coordinate) ?? [];
  const type = schema.getType(typeName);
  if (member === undefined) {
    const returning = Object.values(schema.getTypeMap()).flatMap((owner) =>
      (isObjectType(owner) || isInterfaceType(owner)) && !owner.name.startsWith('__') ? Object.values(owner.getFields()) : [],
    );
    const uses = returning.filter((field) => field.type.toString().replace(/[[\]!]/g, '') === typeName);
    return uses.length > 0 && uses.every((field) => field.deprecationReason != null);
  }
  if (isEnumType(type)) return type.getValue(member)?.deprecationReason != null;
  if (isInputObjectType(type)) return type.getFields()[member]?.deprecationReason != null;
  if (!isObjectType(type) && !isInterfaceType(type)) return false;
  const field = type.getFields()[member];
  if (field?.deprecationReason != null) return true;
  return argument !== undefined && field?.args.find(({ name }) => name === argument)?.deprecationReason != null;
}

/** No client can write a directive that stands in the schema only. */
function isTypeSystemDirective(schema: GraphQLSchema, type: BreakingChangeType, description: string): boolean {
  if (!type.startsWith('DIRECTIVE') && type !== BreakingChangeType.REQUIRED_DIRECTIVE_ARG_ADDED) return false;
  const directive = schema.getDirectives().find(({ name }) => new RegExp(`\\b${name}\\b`).test(description));
  const executable = [
    'QUERY',
    'MUTATION',
    'SUBSCRIPTION',
    'FIELD',
    'FRAGMENT_DEFINITION',
    'FRAGMENT_SPREAD',
    'INLINE_FRAGMENT',
    'VARIABLE_DEFINITION',
  ];
  return directive !== undefined && !directive.locations.some((location) => executable.includes(location));
}
