import type { DatabaseErrorDetails } from '../database/database-error.js';
import { LarderError } from './errors.js';

const UNIQUE_VIOLATION = '23505';

/** What a unique constraint has refused, as ALREADY_EXISTS; other errors as they are. For `promise.catch()`. */
export function duplicatesAre(message: string): (error: unknown) => never {
  return (error) => {
    const { sqlState } = (error instanceof Error ? error : {}) as DatabaseErrorDetails;
    throw sqlState === UNIQUE_VIOLATION ? new LarderError('ALREADY_EXISTS', message) : error;
  };
}
