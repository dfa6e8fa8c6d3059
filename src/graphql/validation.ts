import { ValidateBy, ValidateNested, validateSync, type ValidationError } from 'class-validator';
import { LarderError } from './errors.js';

/** The largest number that an integer column and a GraphQL `Int` hold. */
export const MAX_INT = 2_147_483_647;

/** Of anything that is named in one line. */
export const MAX_NAME_LENGTH = 200;

const CONTROL = /[\x00-\x1f\x7f]/;

interface Rule {
  /** For programs: `extensions.violations[].rule`. */
  readonly name: string;
  readonly accepts: (value: unknown) => boolean;
  /** For people: what to give instead. Never what was given, which may be a secret. */
  readonly remedy: string;
}

/**
 * A decorator that holds an input's field to a rule. What is null or left out passes: whether it may be, the schema says,
 * or `NotNull` where the schema cannot.
 */
export function rule({ name, accepts, remedy }: Rule, each = false): PropertyDecorator {
  const validate = (value: unknown): boolean => value === null || value === undefined || accepts(value);
  return ValidateBy({ name, validator: { validate, defaultMessage: () => remedy } }, { each });
}

/** For what may be left out and, if given, is not null: in an update, null would mean to empty it. */
export function NotNull(): PropertyDecorator {
  const validator = { validate: (value: unknown) => value !== null, defaultMessage: () => 'leave it out to keep what it is' };
  return ValidateBy({ name: 'notNull', validator });
}

/** Of the length without space around it, in characters as people count them; without control characters. */
export function Text(max: number, { min = 1, each = false } = {}): PropertyDecorator {
  const accepts = (value: unknown): boolean => {
    if (typeof value !== 'string') return false;
    const length = [...value.trim()].length;
    return length >= min && length <= max && !CONTROL.test(value);
  };
  return rule({ name: 'text', accepts, remedy: `give ${min} to ${max} characters, and no control characters among them` }, each);
}

export function WholeNumber({ min, max }: { readonly min: number; readonly max: number }): PropertyDecorator {
  const accepts = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
  return rule({ name: 'wholeNumber', accepts, remedy: `give a whole number from ${min} to ${max}` });
}

export function Form(pattern: RegExp, remedy: string, { each = false } = {}): PropertyDecorator {
  return rule({ name: 'form', accepts: (value) => typeof value === 'string' && pattern.test(value), remedy }, each);
}

/** A list of so many, each of them once. */
export function Several({ min, max }: { readonly min: number; readonly max: number }): PropertyDecorator {
  const accepts = (value: unknown): boolean =>
    Array.isArray(value) && value.length >= min && value.length <= max && new Set(value).size === value.length;
  return rule({ name: 'several', accepts, remedy: `give ${min} to ${max}, none of them twice` });
}

/** Holds an input inside an input, or each of several, to its own rules. */
export function Inner(): PropertyDecorator {
  return ValidateNested();
}

interface Violation {
  /** `quantity`, `items[2].quantity`. */
  readonly argument: string;
  readonly rule: string;
  readonly remedy: string;
}

/**
 * Holds an argument to the rules of its class; type-graphql calls it for each. Of class-validator's error nothing leaves
 * but names: it holds the input itself, passwords included.
 *
 * @throws LarderError BAD_USER_INPUT, with `violations`.
 */
export function validateArgument(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const inputs = Array.isArray(value) ? value.filter((input): input is object => typeof input === 'object' && input !== null) : [value];
  const violations = inputs.flatMap((input) => validateSync(input, { forbidUnknownValues: false }).flatMap((error) => violationsOf(error, '')));
  if (violations.length === 0) return;
  throw new LarderError('BAD_USER_INPUT', `${violations.map(({ argument, remedy }) => `\`${argument}\`: ${remedy}.`).join(' ')}`, {
    violations: violations.map(({ argument, rule }) => ({ argument, rule })),
  });
}

function violationsOf({ property, constraints = {}, children = [] }: ValidationError, parent: string): readonly Violation[] {
  const argument = /^\d+$/.test(property) ? `${parent}[${property}]` : parent === '' ? property : `${parent}.${property}`;
  const own = Object.entries(constraints)
    // That it is an input at all, GraphQL has seen to; class-validator says it of null, too.
    .filter(([name]) => name !== 'nestedValidation')
    .map(([name, remedy]) => ({ argument, rule: name, remedy }));
  return [...own, ...children.flatMap((child) => violationsOf(child, argument))];
}

export function badInput(message: string): LarderError {
  return new LarderError('BAD_USER_INPUT', message);
}
