import type { Choices } from '../choices.js';

const GAPS = [' ', '\n', '  ', '\t', ',', ' , ', '\r\n', '\n# a comment: { } " #\n', '\uFEFF'];

const isWord = (token: string): boolean => /^[_A-Za-z0-9$@"-]/.test(token);

/** Writes tokens one after the other, with what GraphQL ignores between them. */
export function layOut(choices: Choices, tokens: readonly string[]): string {
  // One choice for all: hundreds of them would leave little to be made smaller.
  const style = choices.below(4);
  let text = '';
  let last = '';
  for (const token of tokens) {
    text += style === 0 ? ' ' : style === 1 ? gapFor(last, token) : choices.pick(GAPS);
    text += token;
    last = token;
  }
  return text.trim();
}

/** As little as can be. */
function gapFor(last: string, next: string): string {
  return last !== '' && isWord(last) && isWord(next) ? ' ' : '';
}
