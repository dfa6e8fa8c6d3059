/** How long something waits for company. */
const PATIENCE_MS = 1;

/**
 * Commands that nobody waits for: sent ahead of the next that somebody does wait for, in the same packet, and at the latest after a
 * millisecond. What a load has brought is stored so: what is read next need not stand behind it, and is not one packet more.
 */
export class UnhurriedCommands {
  #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined;

  run<T>(command: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#waiting.push(() => void command().then(resolve, reject));
      this.#timer ??= setTimeout(() => this.send(), PATIENCE_MS);
    });
  }

  /** To be called right before a command that somebody waits for. */
  send(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const command of this.#waiting.splice(0)) command();
  }
}
