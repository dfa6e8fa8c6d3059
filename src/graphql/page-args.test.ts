import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { encodeCursor } from './connection.js';
import { PageArgs, textPageAsk } from './page-args.js';
import { uuidOrNull } from './uuid.js';
import { validateArgument } from './validation.js';

const id = '4b6e8e1e-6f0a-4c3a-9a43-0d6b1e1f7a55';
const after = (cursor: string | null | undefined) => textPageAsk({ first: 5, after: cursor }, uuidOrNull);
const invalid = expect.objectContaining({ extensions: { code: 'CURSOR_INVALID' } }) as Error;

describe('a page of a list ordered by a text and an id', () => {
  it('begins at the start without a cursor', () => {
    expect(after(undefined)).toEqual({ first: 5, after: null });
    expect(after(null)).toEqual({ first: 5, after: null });
  });

  it('has its default size when `first` is null or left out', () => {
    expect(textPageAsk({ first: null }, uuidOrNull).first).toBe(20);
    expect(textPageAsk({}, uuidOrNull).first).toBe(20);
  });

  it.each([0, -1, 201])('cannot have %i rows', (first) => {
    expect(() => validateArgument(Object.assign(new PageArgs(), { first }))).toThrow('`first`: give a whole number from 1 to 200.');
  });

  it.each([1, 200, null, undefined])('can have %s rows', (first) => {
    expect(() => validateArgument(Object.assign(new PageArgs(), { first }))).not.toThrow();
  });

  it('begins after the cursor that another page handed out, whatever its text contains', () => {
    for (const text of ['', "o'Hara", '"\\', 'é\u{1F48A}', '[1]']) expect(after(encodeCursor([text, id])).after).toEqual([text, id]);
    expect(textPageAsk({ after: encodeCursor(['ADVIL', 'N205613001']) }, (any) => any).after).toEqual(['ADVIL', 'N205613001']);
  });

  it.each([
    ['no base64url', '***'],
    ['an empty text', ''],
    ['no JSON', Buffer.from('x').toString('base64url')],
    ['no list', Buffer.from('{}').toString('base64url')],
    ['too few parts', encodeCursor([id])],
    ['too many parts', encodeCursor(['a', 'b', id])],
    ['a number for the text', encodeCursor([1, id])],
    ['a number for the id', encodeCursor(['a', 1])],
    ['an id that is none', encodeCursor(['a', "'; drop table medicines"])],
    ['an id in another spelling', encodeCursor(['a', id.toUpperCase()])],
    ['a text that no row can have', encodeCursor(['a\0', id])],
    ['the same place written differently', Buffer.from(`["a", "${id}"]`).toString('base64url')],
  ])('refuses a cursor with %s', (_, cursor) => {
    expect(() => after(cursor)).toThrow(invalid);
  });
});
