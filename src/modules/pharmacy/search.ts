import { checkText } from './input.js';

const MAX_SEARCH_LENGTH = 100;

/** What to search for, or null for everything: no argument, or nothing but space. @throws LarderError BAD_USER_INPUT. */
export function searchText(search: string | null | undefined): string | null {
  if (search === null || search === undefined || search.trim() === '') return null;
  return checkText('search', search, MAX_SEARCH_LENGTH);
}

/** A LIKE pattern for texts that contain this one, whose own `%`, `_` and `\` stand for themselves. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
