import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A closing server may cut off a connection without any request for so long: its client opened it in advance. Milliseconds. */
const SILENT_MS = 1_000;
const SWEEP_MS = 100;
/** How many turns of the event loop a closing server waits at most for a turn without requests. */
const MOST_TURNS = 10_000;

interface Connection {
  readonly openedAt: number;
  /** Response to its latest request; null before the first. */
  latest: ServerResponse | null;
}

/**
 * The connections of a server, so that it can stop without cutting off a request. From `retire` on, every answer says
 * `Connection: close`, and its connection ends.
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
   * Calls back after a turn of the event loop without a new connection or request. A port that is closed then has no pending
   * connection, which the kernel would reset.
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
