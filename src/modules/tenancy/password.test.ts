import { parseOptions } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { hashPassword, MAX_PASSWORD_LENGTH, NOBODYS_HASH, verifyPassword } from './password.js';

describe('passwords', () => {
  it('are verified against their hash, and no other password is', async () => {
    const stored = await hashPassword('correct horse');
    expect(await verifyPassword(stored, 'correct horse')).toBe(true);
    expect(await verifyPassword(stored, 'correct horse ')).toBe(false);
    expect(await verifyPassword(stored, '')).toBe(false);
  });

  it('are hashed with a salt: the same one twice gives two hashes', async () => {
    expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
  });

  it('are hashed memory-hard, at least as OWASP asks', async () => {
    const { algorithm, memoryCost, timeCost } = parseOptions(await hashPassword('any'));
    expect(algorithm).toBe(2);
    expect(memoryCost).toBeGreaterThanOrEqual(19_456);
    expect(timeCost).toBeGreaterThanOrEqual(2);
  });

  it('of nobody cost the same work as those of somebody, and never match', async () => {
    const own = parseOptions(await hashPassword('any'));
    expect(parseOptions(NOBODYS_HASH)).toEqual(own);
    expect(await verifyPassword(null, 'any')).toBe(false);
  });

  it('that are absurdly long are refused unread', async () => {
    const long = 'x'.repeat(MAX_PASSWORD_LENGTH + 1);
    expect(await verifyPassword(await hashPassword(long), long)).toBe(false);
  });
});
