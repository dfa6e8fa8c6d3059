import type { Entry } from './entry.js';

/** Nobody caches deeper or larger data than this; a structure that contains itself would be walked for ever. */
const MAX_DEPTH = 100;
const MAX_BYTES = 64 * 1024 * 1024;

const NOT_PLAIN = new TypeError('not plain data');

/**
 * Freezes plain data at every depth, so that whoever is handed it cannot change what others get, and estimates in the
 * same walk what it occupies in memory.
 *
 * @returns the estimate in bytes, or null for what would not come back from JSON as it went in (class instances, dates,
 *   functions, big integers, NaN, cycles): it must not be shared. What is frozen by then stays so.
 */
export function seal(value: unknown): number | null {
  try {
    return sealed(value, 0, MAX_BYTES);
  } catch (error) {
    if (error === NOT_PLAIN) return null;
    throw error;
  }
}

/** What an entry has beside its value and its tags. */
const ENTRY_BYTES = 200;

/** Seals a whole entry. Its lifetimes may be without end, which no value in JSON can be. */
export function sealEntry(entry: Entry): number | null {
  const value = seal(entry.value);
  const tags = seal(entry.tags);
  Object.freeze(entry.stamp);
  Object.freeze(entry);
  return value === null || tags === null ? null : ENTRY_BYTES + value + tags;
}

/** @param left how many bytes the rest of the structure may still have. */
function sealed(value: unknown, depth: number, left: number): number {
  switch (typeof value) {
    case 'string':
      // Two bytes a character: text that is not Latin-1 takes as much.
      return 16 + 2 * value.length;
    case 'number':
      if (!Number.isFinite(value)) throw NOT_PLAIN;
      return 8;
    case 'boolean':
    case 'undefined':
      return 4;
    case 'object':
      return value === null ? 4 : sealedObject(value, depth, left);
    default:
      throw NOT_PLAIN;
  }
}

function sealedObject(value: object, depth: number, left: number): number {
  if (depth > MAX_DEPTH) throw NOT_PLAIN;
  let bytes = 32;
  if (Array.isArray(value)) {
    for (const item of value as readonly unknown[]) {
      bytes += 8 + sealed(item, depth + 1, left - bytes);
      if (bytes > left) throw NOT_PLAIN;
    }
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw NOT_PLAIN;
    for (const member of Object.values(value)) {
      bytes += 8 + sealed(member, depth + 1, left - bytes);
      if (bytes > left) throw NOT_PLAIN;
    }
  }
  Object.freeze(value);
  return bytes;
}
