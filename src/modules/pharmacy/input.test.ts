import { describe, expect, it } from 'vitest';
import { checkNumber, checkText, MAX_INT, productIdOrNull, uuidOrNull } from './input.js';
import { containing, searchText } from './search.js';

const refused = (message: RegExp) => expect.objectContaining({ message: expect.stringMatching(message) as string, extensions: { code: 'BAD_USER_INPUT' } }) as Error;

describe('ids from outside', () => {
  it('are spelt as the database spells them, so that one row is one key and one tag', () => {
    expect(uuidOrNull('4B6E8E1E-6F0A-4C3A-9A43-0D6B1E1F7A55')).toBe('4b6e8e1e-6f0a-4c3a-9a43-0d6b1e1f7a55');
  });

  it.each(['', '1', '{4b6e8e1e-6f0a-4c3a-9a43-0d6b1e1f7a55}', '4b6e8e1e6f0a4c3a9a430d6b1e1f7a55', '4b6e8e1e-6f0a-4c3a-9a43-0d6b1e1f7a55\n'])(
    '%j is nobody’s id, though the database would take some of them',
    (id) => {
      expect(uuidOrNull(id)).toBeNull();
    },
  );

  it('of products are a letter and nine digits', () => {
    expect(productIdOrNull('N205613001')).toBe('N205613001');
    for (const id of ['', 'n205613001', 'N20561300', 'N2056130010', 'N20561300\0']) expect(productIdOrNull(id)).toBeNull();
  });
});

describe('numbers and texts from outside', () => {
  it('name the argument when they are refused', () => {
    expect(checkNumber('quantity', MAX_INT, { min: 1, max: MAX_INT })).toBe(MAX_INT);
    expect(() => checkNumber('quantity', 0, { min: 1, max: 5 })).toThrow(refused(/^`quantity` is 0: give .* from 1 to 5/));
    expect(() => checkNumber('quantity', 1.5, { min: 1, max: 5 })).toThrow(refused(/^`quantity`/));
    expect(checkText('name', ' Advil ', 5)).toBe('Advil');
    expect(() => checkText('name', ' \t ', 5)).toThrow(refused(/^`name` has 0/));
    expect(() => checkText('name', 'Advils', 5)).toThrow(refused(/^`name` has 6/));
    expect(() => checkText('name', 'a\0b', 5)).toThrow(refused(/^`name` contains/));
  });
});

describe('search', () => {
  it('for nothing is no search', () => {
    for (const nothing of [undefined, null, '', '  ']) expect(searchText(nothing)).toBeNull();
    expect(searchText(' advil ')).toBe('advil');
  });

  it('takes the characters of patterns for themselves', () => {
    expect(containing('advil')).toBe('%advil%');
    expect(containing('50% _a\\b')).toBe('%50\\% \\_a\\\\b%');
  });

  it('refuses what no name can contain', () => {
    expect(() => searchText('x'.repeat(101))).toThrow(refused(/^`search`/));
    expect(() => searchText('a\0')).toThrow(refused(/^`search`/));
  });
});
