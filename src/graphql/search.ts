import { Text } from './validation.js';

/** What a list is searched for: as much as names have, or nothing. */
export function SearchText(): PropertyDecorator {
  return Text(100, { min: 0 });
}

/** What to search for, or null for everything: no argument, or nothing but space. */
export function searchText(search: string | null | undefined): string | null {
  return search?.trim() || null;
}

/** A LIKE pattern for texts that contain this one, whose own `%`, `_` and `\` stand for themselves. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
