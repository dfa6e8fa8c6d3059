import { HeaderMap } from '@apollo/server';
import { LarderError, type ErrorCode } from '../../graphql/errors.js';

/** 429, and when it is worth another try. */
export function tooMany(code: Extract<ErrorCode, 'RATE_LIMITED' | 'SIGN_IN_LIMITED'>, milliseconds: number): LarderError {
  const retryAfter = Math.max(1, Math.ceil(milliseconds / 1_000));
  const what = code === 'RATE_LIMITED' ? 'Too many requests' : 'Too many failed attempts';
  const http = { status: 429, headers: new HeaderMap([['retry-after', String(retryAfter)]]) };
  return new LarderError(code, `${what}: try again in ${retryAfter} s.`, { retryAfter, http });
}
