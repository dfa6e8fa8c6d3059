import { hash, verify, type Options } from '@node-rs/argon2';

/**
 * Argon2id with 19 MiB and two passes, OWASP's minimum: what guesses cost an attacker with graphics cards is memory.
 * The parameters stand in every hash, so raising them leaves older ones valid.
 */
const PARAMETERS = {
  // The package's own name for it is an ambient const enum, which does not exist at run time.
  algorithm: 2,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
} as const satisfies Options;

/** Of a random password that was thrown away, made with the parameters above. */
export const NOBODYS_HASH = '$argon2id$v=19$m=19456,t=2,p=1$mOnarhwNF8TsbUPV2I4+TA$UI/tqPKUYzjT1iabiEX2h3sYVtWl58fegv6XN47buX8';

/** Of new ones, in characters as people count them. */
export const MIN_PASSWORD_LENGTH = 10;

/** Longer ones are refused unread. */
export const MAX_PASSWORD_LENGTH = 1024;

export function hashPassword(password: string): Promise<string> {
  return hash(password, PARAMETERS);
}

/** Whether it is the password. Without a hash (nobody has this address) it takes as long and says no. */
export async function verifyPassword(stored: string | null, password: string): Promise<boolean> {
  if (password.length > MAX_PASSWORD_LENGTH) return false;
  const matches = await verify(stored ?? NOBODYS_HASH, password);
  return matches && stored !== null;
}
