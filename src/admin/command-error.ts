/** What a command could not do, in a sentence for the person at the terminal. Other errors are mistakes of ours. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    message: string,
    /** Stable, for scripts: an error code of the API, or one of the command line's own. */
    readonly code: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}
