const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * The id as the database writes it, or null for a text that can be nobody's id. Always to be used before an id from
 * outside becomes a key or a tag: `A…` and `a…` are one row, and must be one text.
 */
export function uuidOrNull(id: string): string | null {
  return UUID.test(id) ? id.toLowerCase() : null;
}
