import { expect, it } from 'vitest';
import { issueToken, sessionIdOf } from './token.js';

it('a token leads to the id of its session, which does not contain it', () => {
  const { token, sessionId } = issueToken();
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(sessionIdOf(token)).toBe(sessionId);
  expect(sessionId).not.toContain(token);
  expect(sessionId).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

it('no two tokens are the same', () => {
  expect(new Set(Array.from({ length: 100 }, () => issueToken().token)).size).toBe(100);
});

it.each(['', 'x', `${'a'.repeat(43)}=`, 'a'.repeat(44), `${'a'.repeat(42)} `, `${'a'.repeat(42)}\n`, `${'a'.repeat(42)}é`])(
  '%j is no token, and is not looked up',
  (text) => {
    expect(sessionIdOf(text)).toBeNull();
  },
);
