import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partOf, partsOf } from './parts.js';

/** What some database may lower to the letter, and the letter itself, seldom. */
const DISGUISES: Readonly<Record<string, readonly string[]>> = { a: ['a', 'A'], i: ['i', 'I', 'ı', 'İ', 'Ì'], k: ['k', 'K', '\u212a'] };
const around = fc.string({ unit: fc.constantFrom('a', 'i', 'I', 'k', ' ', '-', 'é', '\u0307', '\u0300'), maxLength: 4 });
const letters = ['a', 'A', 'i', 'I', 'k'];
const search = fc.oneof(
  fc.string({ unit: fc.constantFrom(...letters), minLength: 3, maxLength: 5 }),
  fc.string({ unit: fc.constantFrom(...letters, ' ', '-', 'é', '\u212a', 'İ'), minLength: 3, maxLength: 8 }),
);
/** A text, and names that contain it in one way or another; most of them. */
const searched = search.chain((text) => {
  const disguises = [...text].map((letter) => fc.constantFrom(...(DISGUISES[letter.toLowerCase()] ?? [letter])));
  const name = fc.tuple(around, fc.tuple(...disguises), around).map(([before, disguised, after]) => before + disguised.join('') + after);
  return fc
    .record({ before: name, after: fc.oneof(name, around), inCapitals: fc.boolean() })
    .map(({ before, after, inCapitals }) => ({ text, before, after: inCapitals ? before.toUpperCase() : after }));
});

/** As databases lower it: for most, for Turkish, for Lithuanian, and letter by letter. */
const lowerings = [(of: string) => of.toLowerCase(), (of: string) => of.toLocaleLowerCase('tr'), (of: string) => of.toLocaleLowerCase('lt'), (of: string) => of.replace(/\u0130/g, 'i').toLowerCase()];
const lowering = fc.constantFrom(...lowerings);

/** Whether somebody who looks for a text finds another one, as far as it differs from a third. */
function isFoundBy(text: string, found: string, comparedWith?: string): boolean {
  const part = partOf(text);
  const parts = partsOf(found, comparedWith);
  return part === null || parts.has(part) || parts.has(null);
}

describe('parts of texts', () => {
  it('F6 find every text that contains what is looked for, whatever the database takes for the same letter', () => {
    const property = fc.property(searched, lowering, ({ text, before }, lower) => {
      if (lower(before).includes(lower(text))) expect(isFoundBy(text, before)).toBe(true);
    });
    fc.assert(property, { numRuns: 10_000 });
  });

  it('F6 in which two texts differ tell when one contains another and one does not', () => {
    const property = fc.property(searched, lowering, ({ text, before, after }, lower) => {
      if (lower(before).includes(lower(text)) === lower(after).includes(lower(text))) return;
      expect(isFoundBy(text, before, after) || isFoundBy(text, after, before)).toBe(true);
    });
    fc.assert(property, { numRuns: 10_000 });
  });

  it('are none of what is short or not ASCII: it may be contained anyhow', () => {
    for (const text of ['ab', 'ém', 'ıla', 'é 5', 'abéab', '']) expect(partOf(text), text).toBeNull();
  });

  it('are five characters of a longer text, and of several words where two meet', () => {
    expect(partOf('IBU')).toBe('ibu');
    expect(partOf('IBUprofen')).toBe('ibupr');
    expect(partOf('comprimé')).toBe('compr');
    expect(partOf('5 MG')).toBe('5 m');
    expect(partOf('Amino Acid')).toBe('mino ');
    expect(partOf('-abc')).toBe('-ab');
  });

  it('leave words alone that both have', () => {
    expect(partsOf('Alpha 17')).toEqual(new Set(['alpha', 'alp', 'lph', 'pha', 'lpha ', 'pha 1', 'ha 17', 'ha ', 'a 1', ' 17']));
    expect(partsOf('Alpha 17', 'Alpha Beta')).toEqual(new Set(['lpha ', 'pha 1', 'ha 17', 'ha ', 'a 1', ' 17']));
    expect(partsOf('Comprimé 17', 'Comprimé')).toEqual(new Set([null]));
  });
});
