import { describe, expect, it } from 'vitest';
import { LarderError } from './errors.js';
import { containing, SearchText, searchText } from './search.js';
import { Form, Inner, MAX_INT, NotNull, Several, Text, validateArgument, WholeNumber } from './validation.js';

class Item {
  @WholeNumber({ min: 1, max: MAX_INT })
  quantity?: unknown;
}

class Input {
  @Text(5)
  name?: unknown;

  @NotNull()
  @Text(5)
  kept?: unknown;

  @Form(/^[a-z]+$/, 'give small letters')
  slug?: unknown;

  @Several({ min: 1, max: 2 })
  @Inner()
  items?: unknown;

  @Text(1000, { min: 10 })
  password?: unknown;

  @SearchText()
  search?: unknown;
}

/** The rules that are broken, as `argument rule`. */
function broken(input: Partial<Input>): readonly string[] {
  try {
    validateArgument(Object.assign(new Input(), input));
    return [];
  } catch (error) {
    const { violations } = (error as LarderError).extensions as { violations: { argument: string; rule: string }[] };
    return violations.map(({ argument, rule }) => `${argument} ${rule}`);
  }
}

const item = (quantity: unknown): Item => Object.assign(new Item(), { quantity });

describe('the rules of inputs', () => {
  it('let pass what is left out, and null where null may be', () => {
    expect(broken({})).toEqual([]);
    expect(broken({ name: null, slug: null, items: null })).toEqual([]);
    expect(broken({ kept: null })).toEqual(['kept notNull']);
  });

  it('count a text without the space around it, in characters as people count them', () => {
    expect(broken({ name: ' Advil ' })).toEqual([]);
    expect(broken({ name: '😀😀😀😀😀' })).toEqual([]);
    for (const name of ['', ' ', 'Advils', 'a\nb', 'a\0', 5]) expect(broken({ name })).toEqual(['name text']);
  });

  it('take whole numbers within their bounds', () => {
    for (const quantity of [1, MAX_INT]) expect(broken({ items: [item(quantity)] })).toEqual([]);
    for (const quantity of [0, 1.5, MAX_INT + 1, '1', NaN]) expect(broken({ items: [item(quantity)] })).toEqual(['items[0].quantity wholeNumber']);
  });

  it('reach into lists, whose size they bound', () => {
    expect(broken({ items: [item(1), item(0)] })).toEqual(['items[1].quantity wholeNumber']);
    expect(broken({ items: [] })).toEqual(['items several']);
    expect(broken({ items: [item(1), item(1), item(1)] })).toEqual(['items several']);
  });

  it('are all told, each with its argument and what to give instead', () => {
    const input = Object.assign(new Input(), { name: '', slug: 'A' });
    expect(() => validateArgument(input)).toThrow('`name`: give 1 to 5 characters, and no control characters among them. `slug`: give small letters.');
  });

  it('never tell what was given', () => {
    try {
      validateArgument(Object.assign(new Input(), { password: 's3cret', name: 'too-long-a-name' }));
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(LarderError);
      const { message, extensions, stack } = error as LarderError;
      for (const text of [message, stack, JSON.stringify(extensions), JSON.stringify(error)]) {
        expect(text).not.toContain('s3cret');
        expect(text).not.toContain('too-long');
      }
    }
  });

  it('hold for each of several inputs, and for nothing that is no input', () => {
    expect(() => validateArgument([item(1), item(0)])).toThrow('`quantity`');
    for (const value of [undefined, null, 'text', 5, new Date(0), ['text'], {}]) expect(() => validateArgument(value)).not.toThrow();
  });
});

describe('search', () => {
  it('for nothing is no search', () => {
    for (const nothing of [undefined, null, '', '  ']) expect(searchText(nothing)).toBeNull();
    expect(searchText(' advil ')).toBe('advil');
    expect(broken({ search: '' })).toEqual([]);
  });

  it('takes the characters of patterns for themselves', () => {
    expect(containing('advil')).toBe('%advil%');
    expect(containing('50% _a\\b')).toBe('%50\\% \\_a\\\\b%');
  });

  it('refuses what no name can contain', () => {
    expect(broken({ search: 'x'.repeat(101) })).toEqual(['search text']);
    expect(broken({ search: 'a\0' })).toEqual(['search text']);
  });
});
