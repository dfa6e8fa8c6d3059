import { DrizzleQueryError } from 'drizzle-orm';

export type DatabaseErrorCode =
  | 'DATABASE_UNAVAILABLE'
  | 'DATABASE_QUERY_FAILED'
  | 'DATABASE_IN_USE'
  | 'DATABASE_CLOSED'
  | 'DATABASE_NESTED_TRANSACTION'
  | 'DATABASE_NOT_READY'
  | 'DEMO_ACCOUNTS_REFUSED';

export interface DatabaseErrorDetails {
  readonly sqlState?: string | undefined;
  readonly constraint?: string | undefined;
  readonly table?: string | undefined;
  /** Text of the statement, with placeholders: never the values. */
  readonly statement?: string | undefined;
}

/** What leaves this room when the database fails. It carries no value of any row or parameter (P7). */
export class DatabaseError extends Error implements DatabaseErrorDetails {
  override readonly name = 'DatabaseError';
  readonly sqlState: string | undefined;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly statement: string | undefined;

  constructor(
    readonly code: DatabaseErrorCode,
    message: string,
    details: DatabaseErrorDetails = {},
  ) {
    super(message);
    this.sqlState = details.sqlState;
    this.constraint = details.constraint;
    this.table = details.table;
    this.statement = details.statement;
  }
}

const UNAVAILABLE = new Set([
  ...['CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECTION_ENDED', 'CONNECT_TIMEOUT'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT'],
]);

/** The server had no connection left, or ended a slow statement or session: query_canceled, lock_not_available, … */
const GIVEN_UP = new Set(['53300', '57014', '55P03', '25P03']);

interface DriverError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly errors?: readonly unknown[];
  readonly constraint_name?: unknown;
  readonly constraint?: unknown;
  readonly table_name?: unknown;
  readonly table?: unknown;
}

function driverError(error: unknown): DriverError | null {
  return typeof error === 'object' && error !== null ? error : null;
}

function unwrapped(error: unknown): unknown {
  return error instanceof DrizzleQueryError ? error.cause : error;
}

/** The SQLSTATE of a failed statement, from whichever driver and however wrapped. */
export function sqlState(error: unknown): string | undefined {
  const cause = unwrapped(error);
  if (cause instanceof DatabaseError) return cause.sqlState;
  const code = driverError(cause)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && code !== 'EPIPE' ? code : undefined;
}

/** Whether the server could not be reached, was starting or stopping, or had no room: asking again later may help. */
export function isUnavailable(error: unknown): boolean {
  const cause = unwrapped(error);
  if (cause instanceof DatabaseError) return cause.code === 'DATABASE_UNAVAILABLE';
  const state = sqlState(cause);
  if (state !== undefined) return state.startsWith('08') || state.startsWith('57P') || GIVEN_UP.has(state);
  const driver = driverError(cause);
  // Several addresses of one host fail together, as an AggregateError.
  return UNAVAILABLE.has(String(driver?.code)) || (driver?.errors ?? []).some(isUnavailable);
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/**
 * A driver's error without what it knows of the data: drizzle's message lists the parameters, PostgreSQL's detail the
 * failing row. Errors of other origin are returned as they are.
 */
export function withoutValues(error: unknown): unknown {
  const cause = unwrapped(error);
  if (cause instanceof DatabaseError) return cause;
  const driver = driverError(cause);
  const state = sqlState(cause);
  const unavailable = isUnavailable(cause);
  if (!(error instanceof DrizzleQueryError) && state === undefined && !unavailable) return error;
  const details = {
    sqlState: state,
    constraint: text(driver?.constraint_name) ?? text(driver?.constraint),
    table: text(driver?.table_name) ?? text(driver?.table),
    statement: error instanceof DrizzleQueryError ? error.query : undefined,
  };
  const reason = text(driver?.message) ?? text(driver?.code) ?? 'no reason given';
  return unavailable
    ? new DatabaseError('DATABASE_UNAVAILABLE', `the database cannot be reached: ${reason}`, details)
    : new DatabaseError('DATABASE_QUERY_FAILED', reason, details);
}
