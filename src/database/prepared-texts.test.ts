import { expect, it } from 'vitest';
import { PreparedTexts } from './prepared-texts.js';

it('prepares a statement from the second time on', () => {
  const texts = new PreparedTexts();
  expect([texts.isWorthwhile('select 1'), texts.isWorthwhile('select 1'), texts.isWorthwhile('select 1')]).toEqual([
    false,
    true,
    true,
  ]);
});

it('keeps to a bound, however many texts come and come again', () => {
  const texts = new PreparedTexts();
  const all = Array.from({ length: 5_000 }, (_, index) => `select ${index}`);
  const prepared = all.filter((text) => (texts.isWorthwhile(text), texts.isWorthwhile(text)));
  expect(prepared).toHaveLength(256);
});
