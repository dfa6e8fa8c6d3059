import { LarderError } from '../../graphql/errors.js';

/** The largest number that an integer column and a GraphQL `Int` hold. */
export const MAX_INT = 2_147_483_647;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PRODUCT_ID = /^[A-Z]\d{9}$/;
const CONTROL = /[\x00-\x1f\x7f]/;

/**
 * The id as the database writes it, or null for a text that can be nobody's id. Always to be used before an id from
 * outside becomes a key or a tag: `A…` and `a…` are one row, and must be one text.
 */
export function uuidOrNull(id: string): string | null {
  return UUID.test(id) ? id.toLowerCase() : null;
}

/** As `uuidOrNull`, for ids of products: `N205613001`. */
export function productIdOrNull(id: string): string | null {
  return PRODUCT_ID.test(id) ? id : null;
}

/** @throws LarderError BAD_USER_INPUT outside of the bounds, which both belong to them. */
export function checkNumber(name: string, value: number, { min, max }: { readonly min: number; readonly max: number }): number {
  if (!Number.isInteger(value) || value < min || value > max) throw badInput(`\`${name}\` is ${value}: give a whole number from ${min} to ${max}.`);
  return value;
}

/** The text without space around it. @throws LarderError BAD_USER_INPUT when empty, too long, or with control characters. */
export function checkText(name: string, value: string, maxLength: number): string {
  const text = value.trim();
  if (text === '' || text.length > maxLength) throw badInput(`\`${name}\` has ${text.length} characters: give 1 to ${maxLength}.`);
  if (CONTROL.test(text)) throw badInput(`\`${name}\` contains control characters: leave them out.`);
  return text;
}

export function badInput(message: string): LarderError {
  return new LarderError('BAD_USER_INPUT', message);
}
