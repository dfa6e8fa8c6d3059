import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** What one answer was. `body` is without the head, and for chunked answers with the framing. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * One kept connection with one request at a time. Reads no more of an answer than it must, so that the load costs less than
 * what it loads.
 */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer | null = null;
  #onAnswer: (answer: Answer) => void = () => undefined;

  constructor(
    port: number,
    private readonly onError: (error: Error) => void,
  ) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#socket.on('error', onError);
    this.#socket.on('close', () => onError(new Error('the server closed a connection')));
  }

  send(request: Buffer, onAnswer: (answer: Answer) => void): void {
    this.#onAnswer = onAnswer;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.removeAllListeners('close');
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const received = this.#received === null ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = received.indexOf(HEAD_END);
    const answer = headEnd < 0 ? null : this.#complete(received, headEnd);
    if (answer === null) {
      this.#received = received;
      return;
    }
    this.#received = null;
    this.#onAnswer(answer);
  }

  #complete(received: Buffer, headEnd: number): Answer | null {
    const head = received.toString('latin1', 0, headEnd);
    const start = headEnd + HEAD_END.length;
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
    if (length === undefined) {
      if (!/\r\ntransfer-encoding: *chunked/i.test(head)) this.onError(new Error(`an answer without length: ${head}`));
      if (received.length - start < LAST_CHUNK.length || !received.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)) return null;
    } else if (received.length - start < Number(length)) return null;
    return { status: Number(head.slice(9, 12)), body: received.subarray(start) };
  }
}
