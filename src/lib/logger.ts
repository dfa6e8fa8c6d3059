/** The part of a structured logger (pino's shape) that rooms may use: fields first, then the message. */
export interface Logger {
  debug(fields: object, message?: string): void;
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
  /** Whether a level is written at all: ask before building costly fields. */
  isLevelEnabled(level: string): boolean;
}

/** Writes nothing: the default of every part that can do without a log. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  isLevelEnabled: () => false,
};
