import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config.js';

/** Members that are never written, wherever they stand in the first three levels of what is logged. */
const SECRETS = ['authorization', 'cookie', 'password', 'passwordHash', 'password_hash', 'token', 'databaseUrl', 'redisUrl'];

/** Structured logs: JSON lines, or colours for people. */
export function createLogger(log: Config['log'], stream?: { write(line: string): void }): Logger {
  const paths = SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const options = {
    level: log.level,
    base: null,
    redact: { paths, censor: '***' },
    serializers: { err: describeError, error: describeError },
  };
  if (stream !== undefined) return pino(options, stream);
  // In this process and at once: a worker thread would lose the last lines of a crash.
  return log.pretty ? pino(options, pretty({ sync: true, translateTime: 'HH:MM:ss.l', ignore: 'pid,hostname' })) : pino(options);
}

/**
 * An error as it may be logged. Drivers put a statement's parameters into message and members, and among these may be a
 * password hash: only what is known to be harmless is taken.
 */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? error : { type: typeof error };
  const { code } = error as { code?: unknown };
  return {
    type: error.constructor.name,
    message: withoutParameters(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    // The stack begins with the message, however many lines it has.
    stack: error.stack
      ?.split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n'),
    ...(error.cause === undefined || error.cause === error ? {} : { cause: describeError(error.cause) }),
  };
}

function withoutParameters(message: string): string {
  return message.replace(/\nparams:[\s\S]*$/, '');
}
