/** Of how many characters parts are: a longer text is looked for by a longer part, which fewer others have. */
const LENGTHS = [5, 3];
/** How other letters are lowered is the database's affair, and not the same in every language. */
const NOT_ASCII = /[\u{80}-\u{10ffff}]/u;
const WORD = /[A-Za-z0-9\u{80}-\u{10ffff}]+/gu;
const BETWEEN_WORDS = /[^A-Za-z0-9\u{80}-\u{10ffff}]/u;

/**
 * The parts by which whoever looks for a text finds others that contain it: every three and every five characters in a row,
 * whatever their case. Null stands for a text that ASCII cannot write: what it contains only the database knows.
 *
 * Given what the text is compared with, those of them by which it may be found and the other not, or the other way round.
 * A single word is contained by one of the words: those that both have make no difference. How they follow each other may.
 */
export function partsOf(text: string, comparedWith = ''): ReadonlySet<string | null> {
  if (NOT_ASCII.test(text)) return new Set([null]);
  const inBoth = new Set(comparedWith.match(WORD));
  const words = (text.match(WORD) ?? []).filter((word) => !inBoth.has(word));
  return new Set([...words.flatMap(inARow), ...inARow(text).filter((part) => BETWEEN_WORDS.test(part))].map((part) => part.toLowerCase()));
}

/** The part by which a text is looked for: of several words, one where two meet. Null if there is none: it can be contained anyhow. */
export function partOf(text: string): string | null {
  const parts = text.split(NOT_ASCII).flatMap(inARow).filter((part) => BETWEEN_WORDS.test(part) === BETWEEN_WORDS.test(text));
  return parts.sort((a, b) => b.length - a.length)[0]?.toLowerCase() ?? null;
}

function inARow(text: string): string[] {
  return LENGTHS.flatMap((length) => Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) => text.slice(at, at + length)));
}
