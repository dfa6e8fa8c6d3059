/** Texts of 24 and more characters that may be encoded ones: cursors are. */
const ENCODED = /[A-Za-z0-9_-]{24,}/g;

/** Which of the words a text contains, as they are in any case, or encoded as cursors are. */
export function foundIn(text: string, words: readonly string[]): readonly string[] {
  const plain = text.toLowerCase();
  const decoded = [...text.matchAll(ENCODED)].map(([part]) => Buffer.from(part, 'base64url').toString('latin1').toLowerCase());
  return words.filter((word) => {
    const wanted = word.toLowerCase();
    return plain.includes(wanted) || decoded.some((part) => part.includes(wanted));
  });
}
