import { hash, randomBytes } from 'node:crypto';

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** A token for the client, and the id of the session it opens. */
export interface IssuedToken {
  readonly token: string;
  readonly sessionId: string;
}

/** The token is opaque and kept nowhere here: whoever reads the sessions cannot sign in with them. */
export function issueToken(): IssuedToken {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  return { token, sessionId: sha256(token) };
}

/** Whether a text has the form of a session's id: a digest, which is as long as a token. */
export function isSessionId(text: string): boolean {
  return TOKEN.test(text);
}

/** The id of a token's session; null for a text that is no token, which need not be looked up. */
export function sessionIdOf(token: string): string | null {
  return TOKEN.test(token) ? sha256(token) : null;
}

/** As it is: a token is ASCII. Every request asks. */
function sha256(token: string): string {
  return hash('sha256', token, 'base64url');
}
