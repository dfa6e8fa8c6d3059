import type { GraphQLSchema } from 'graphql';
import { nearest } from '../../../lib/nearest.js';
import { annotated } from './annotated.js';
import { namesIn, type Dependencies } from './dependencies.js';
import type { AuditFacts } from './facts.js';
import type { Examined } from './places.js';
import { listed, nameOf } from './wording.js';

interface Audited {
  readonly schema: GraphQLSchema;
  readonly facts: AuditFacts;
  readonly dependencies: Dependencies;
  readonly examined: readonly Examined[];
}

/**
 * What is cached and could go stale without anybody having said so: nobody knows what it is made from, nothing captures changes
 * of that, or nobody makes any. Only of what is stored; nothing is asked where no tables are known.
 */
export function undeclared(audited: Audited): readonly string[] {
  if (audited.facts.tables === null) return [];
  return [...unknownNames(audited), ...silentPlaces(audited), ...silentTables(audited), ...silentMutations(audited), ...neverShared(audited)];
}

/** Names of loaders, lists and tables that there are none of. */
function unknownNames({ schema, facts, dependencies }: Audited): readonly string[] {
  const tables = (facts.tables ?? []).map(({ name }) => name);
  const all = [...facts.definitions.map(({ name }) => name), ...tables];
  const missing = (place: string, { name, among, what }: { readonly name: string; readonly among: readonly string[]; readonly what: string }): string => {
    const meant = nearest(name, among);
    return `${place}: there is no ${what} ${name}; ${meant === null ? 'take the name out' : `write ${meant}`}.`;
  };
  const inSchema = annotated(schema).flatMap((place) => [
    ...(namesIn(place, 'reads', 'from') ?? []).filter((name) => dependencies.named(name) === null).map((name) => missing(place.name, { name, among: all, what: 'loader, list or table' })),
    ...(namesIn(place, 'invalidates', 'tables') ?? []).filter((name) => !tables.includes(name)).map((name) => missing(place.name, { name, among: tables, what: 'table' })),
  ]);
  const inDefinitions = facts.definitions.flatMap((definition) =>
    definition.reads.filter(({ table }) => !tables.includes(table)).map(({ table }) => missing(nameOf(definition.layer, definition.name), { name: table, among: tables, what: 'table' })),
  );
  return [...inSchema, ...inDefinitions];
}

function silentPlaces({ examined }: Audited): readonly string[] {
  return examined
    .filter(({ place, reads, said }) => isStored({ place }) && reads === null && said === null)
    .map(({ place: { name } }) => `${name} is cached and does not say what it is made from; add @reads(from:) with its loaders, lists or tables, or @cachePolicy(invalidatedBy:) for what is in no table.`);
}

function silentTables({ facts, examined, dependencies }: Audited): readonly string[] {
  const demanding = examined.filter(({ place, said }) => isStored({ place }) && said === null);
  return (facts.tables ?? []).flatMap((table) => {
    const readers = demanding.filter(({ place }) => place.tables.includes(table.name)).map(({ place }) => nameOf(place.kind, place.name));
    if (readers.length === 0) return [];
    if (!table.captured) return [`Changes of table ${table.name} are captured by no trigger, and ${listed(readers)} would go stale; capture them, or say with invalidatedBy: who answers for it.`];
    if (dependencies.writersOf(table.name).length > 0) return [];
    return [`No mutation says that it writes table ${table.name}, which is in ${listed(readers)}; add @invalidates(tables: ["${table.name}"]) to those that do, or name who else writes it.`];
  });
}

function silentMutations({ schema }: Audited): readonly string[] {
  const mutation = schema.getMutationType();
  const silent = Object.values(mutation?.getFields() ?? {})
    .filter(({ astNode }) => namesIn(astNode, 'invalidates', 'tables') === null)
    .map(({ name }) => `${mutation?.name ?? ''}.${name} does not say which tables it may write; add @invalidates(tables: […]), empty for none.`);
  const elsewhere = annotated(schema)
    .filter((place) => namesIn(place, 'invalidates', 'tables') !== null && !place.name.startsWith(`${mutation?.name ?? ''}.`))
    .map(({ name }) => `${name} says that it writes tables, and is no mutation; put @invalidates where they are written.`);
  return [...silent, ...elsewhere];
}

function neverShared({ examined, facts: { partition } }: Audited): readonly string[] {
  return examined.flatMap(({ place, reads }) => {
    const own = place.kind === 'field' && place.shared && isStored({ place }) ? (reads ?? []).find((read) => read.partition === 'own') : undefined;
    return own === undefined ? [] : [`${place.name} is shared by every ${partition}, and made from table ${own.table}, of which each has rows of its own; leave out shared: true.`];
  });
}

function isStored({ place }: Pick<Examined, 'place'>): boolean {
  return place.maxAge !== null && place.maxAge > 0;
}
