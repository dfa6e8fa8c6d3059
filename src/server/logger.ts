import { pino, type Logger, type LoggerOptions } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from '../config.js';

/** Members that are never written, wherever they stand in the first three levels of what is logged. */
const SECRETS = ['authorization', 'cookie', 'password', 'passwordHash', 'password_hash', 'token', 'databaseUrl', 'redisUrl'];

/** So much is gathered before it is written, and for so long at most: under load, a line alone costs more than a hit. */
const GATHERED = { minLength: 4_096, periodicFlush: 200 };
const WARN = 40;

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
  // In this process: a worker thread would lose the last lines of a crash.
  if (log.pretty) return pino(options, pretty({ sync: true, translateTime: 'HH:MM:ss.l', ignore: 'pid,hostname' }));
  return gathering(options);
}

const unwritten = new Set<{ flushSync(): void }>();
process.on('exit', writeLogs);

/** Writes what has been gathered: before something else is written to the same place. */
export function writeLogs(): void {
  for (const out of unwritten) out.flushSync();
}

/** What nobody has to act on is written together; a warning, an error and the end of the process leave nothing behind. */
function gathering(options: LoggerOptions): Logger {
  const out = pino.destination({ dest: 1, sync: true, ...GATHERED });
  unwritten.add(out);
  const logMethod: NonNullable<LoggerOptions['hooks']>['logMethod'] = function (args, method, level) {
    method.apply(this, args);
    if (level >= WARN) out.flushSync();
  };
  return pino({ ...options, hooks: { logMethod } }, out);
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
