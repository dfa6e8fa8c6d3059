import { EVERYTHING, tags, type Partition, type Tag } from '../cache/index.js';
import { LarderError } from '../graphql/errors.js';
import type { Admin } from './admin.js';
import { isGlob } from './tag-forms.js';

/** What a name in a purge stands for. */
export interface Selection {
  /** Its name in messages. */
  readonly label: string;
  /** The tables that it is made from: an entry that holds it, or that it is read from, has read one of them. */
  readonly tables: readonly string[];
  /** Whether all tenants share its values. */
  readonly isShared: boolean;
}

/** The registries that names are looked up in. */
export type Names = Pick<Admin, 'types' | 'tables' | 'profiles'> & { readonly audit: Pick<Admin['audit'], 'places'> };

/** A GraphQL type that rows, a hint or a loader are known of, or a table that something cached reads. */
export function selectedType(names: Names, name: string, reach: Partition | null): Selection {
  if (isGlob(name)) throw globRefused('type', name, wholeOf(reach));
  const rows = Object.hasOwn(names.types, name) ? names.types[name] : undefined;
  if (rows !== undefined) return { label: name, tables: [rows.table], isShared: rows.partition === 'global' };
  const place = names.audit.places.find((one) => one.kind === 'type' && one.name === name);
  if (place !== undefined) return { label: name, tables: place.tables, isShared: false };
  const tables = tablesRead(names);
  if (tables.includes(name)) return { label: name, tables: [name], isShared: false };
  const types = [...new Set([...Object.keys(names.types), ...names.audit.places.filter(({ kind }) => kind === 'type').map((one) => one.name)])].sort();
  throw new LarderError('BAD_USER_INPUT', `No cached type or table has the name ${JSON.stringify(name)}: there are the types ${types.join(', ')} and the tables ${tables.join(', ')}.`);
}

/** A field that is cached or says what it reads, a list, or a loader. */
export function selectedField(names: Names, name: string, reach: Partition | null): Selection {
  if (isGlob(name)) throw globRefused('field', name, wholeOf(reach));
  const { places } = names.audit;
  const found = places.filter((place) => place.kind !== 'type' && place.name === name);
  if (found.length > 0) return { label: name, tables: [...new Set(found.flatMap(({ tables }) => tables))], isShared: found.some(({ shared }) => shared) };
  const [type = '', field] = name.split('.');
  const isOfType = field !== undefined && (Object.hasOwn(names.types, type) || places.some((place) => place.kind === 'type' && place.name === type));
  if (isOfType) throw new LarderError('BAD_USER_INPUT', `${JSON.stringify(name)} is cached as a part of what contains it: purge the type ${type}.`);
  const listed = places.filter(({ kind }) => kind !== 'type').map((place) => place.name);
  throw new LarderError('BAD_USER_INPUT', `${JSON.stringify(name)} is no cached field, list or loader: there are ${[...new Set(listed)].join(', ')}.`);
}

/** Everything that is stored under a profile. */
export function selectedProfile(names: Names, name: string, reach: Partition | null): Selection {
  if (isGlob(name)) throw globRefused('profile', name, wholeOf(reach));
  if (!names.profiles.includes(name)) throw new LarderError('BAD_USER_INPUT', `No profile has the name ${JSON.stringify(name)}: there are ${names.profiles.join(', ')}.`);
  const found = names.audit.places.filter(({ profile, maxAge }) => profile === name && maxAge !== null && maxAge > 0);
  if (found.length === 0) throw new LarderError('BAD_USER_INPUT', `Nothing is stored under the profile ${name}: a purge of it reaches nothing.`);
  return { label: `profile ${name}`, tables: [...new Set(found.flatMap(({ tables }) => tables))].sort(), isShared: false };
}

/** The tables that anything cached reads. */
export function tablesRead({ tables, audit }: Names): readonly string[] {
  return [...new Set(audit.places.flatMap((place) => place.tables))].filter((name) => tables.has(name)).sort();
}

export function globRefused(what: string, pattern: string, tag: Tag): LarderError {
  return new LarderError('GLOB_NOT_SUPPORTED', `\`${what}\` is a pattern, ${JSON.stringify(pattern)}, and patterns are not supported: tag ${tag} covers it.`, { tag });
}

function wholeOf(reach: Partition | null): Tag {
  return reach === null ? EVERYTHING : tags.partition(reach);
}
