import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A connection that has asked for nothing for so long may be cut off by a server that closes: its client opened it in advance. */
const SILENT_MS = 1_000;
const SWEEP_MS = 100;
/** How many turns of the event loop a server that is never without requests waits for one that is. */
const MOST_TURNS = 10_000;

interface Connection {
  readonly openedAt: number;
  /** To its latest request; null before the first. */
  latest: ServerResponse | null;
}

/**
 * The connections of a server, so that it can stop without cutting one off under a request: from `retire` on every answer says
 * `Connection: close`, and the connection ends with it.
 */
export class Connections {
  readonly #open = new Map<Socket, Connection>();
  #isRetired = false;
  /** Counts connections and requests. */
  #came = 0;

  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.#came++;
      this.#open.set(socket, { openedAt: performance.now(), latest: null });
      socket.once('close', () => this.#open.delete(socket));
    });
  }

  /** To be called with each request, before its answer. */
  note(socket: Socket, response: ServerResponse): void {
    this.#came++;
    const connection = this.#open.get(socket);
    if (connection !== undefined) connection.latest = response;
    if (this.#isRetired) response.shouldKeepAlive = false;
  }

  /** The answers that are under way, and all that follow, are the last on their connections. */
  retire(): void {
    this.#isRetired = true;
    for (const { latest } of this.#open.values()) if (latest !== null && !latest.headersSent) latest.shouldKeepAlive = false;
  }

  /**
   * Calls back at the end of a turn of the event loop in which nothing came. A port that is closed then has no connection waiting
   * to be accepted, which the kernel would reset.
   */
  whenQuiet(then: () => void, turns = MOST_TURNS): void {
    const came = this.#came;
    setImmediate(() => {
      if (this.#came === came || turns === 0) then();
      else this.whenQuiet(then, turns - 1);
    });
  }

  /** For a server that closes: ends what is idle until nothing is left. @returns a function that stops doing so. */
  endIdle(): () => void {
    this.retire();
    const sweep = setInterval(() => {
      this.server.closeIdleConnections();
      const now = performance.now();
      for (const [socket, { openedAt, latest }] of this.#open) if (latest === null && now - openedAt > SILENT_MS) socket.destroy();
    }, SWEEP_MS);
    return () => clearInterval(sweep);
  }
}
