import { createHash } from 'node:crypto';

/** A script that a server is sent by its name, and whole when it does not know it: after a start, or when it was told to forget. */
export class RedisScript {
  readonly #sha: string;

  constructor(readonly text: string) {
    this.#sha = createHash('sha1').update(text).digest('hex');
  }

  /** @throws what the server answers, but that it does not know the script. */
  async run<T>(byName: (sha: string) => Promise<T>, whole: (text: string) => Promise<T>): Promise<T> {
    try {
      return await byName(this.#sha);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return whole(this.text);
    }
  }
}
