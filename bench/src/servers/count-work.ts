import { Server, type IncomingMessage, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Counted } from './server-protocol.js';

const CONTROL = /^(begin|commit|rollback|set |savepoint|release|select 1$)/i;
/** What the relay asks on its own account, whatever requests come. */
const OUTBOX = /\b(from|into|update) ("?cache_predicates|outbox)/;

/** Records what each request does, one request at a time: statements sent, and round trips to Redis until it is answered. */
export class WorkCounter {
  #requests: { statements: string[]; roundTripsBefore: number; answered: boolean }[] = [];

  constructor(redisPort: number) {
    this.#watchRequests();
    this.#watchRedis(redisPort);
  }

  readonly onQuery = (statement: string): void => {
    this.#requests.at(-1)?.statements.push(statement);
  };

  /** Of the requests since the last call. */
  take(): readonly Counted[] {
    return this.#requests.splice(0).map(({ statements, roundTripsBefore }) => {
      const own = statements.filter((statement) => !OUTBOX.test(statement));
      return { statements: own.filter((statement) => !CONTROL.test(statement)).length, allStatements: own.length, roundTripsBefore };
    });
  }

  #watchRequests(): void {
    const begin = (response: ServerResponse): void => {
      const request = { statements: [], roundTripsBefore: 0, answered: false };
      this.#requests.push(request);
      const writeHead = response.writeHead.bind(response) as (...args: unknown[]) => ServerResponse;
      response.writeHead = (...args: unknown[]) => {
        request.answered = true;
        return writeHead(...args);
      };
    };
    const { emit } = Server.prototype as { emit: (...args: unknown[]) => boolean };
    Server.prototype.emit = function (this: Server, event: string, ...args: unknown[]): boolean {
      if (event === 'request') begin((args as [IncomingMessage, ServerResponse])[1]);
      return emit.call(this, event, ...args);
    } as never;
  }

  /** A round trip: something is written while nothing is awaited. What is written before the answer comes travels with it. */
  #watchRedis(port: number): void {
    const awaited = new WeakSet<Socket>();
    const watched = new WeakSet<Socket>();
    const written = (socket: Socket): void => {
      if (socket.remotePort !== port) return;
      if (!watched.has(socket)) {
        watched.add(socket);
        socket.prependListener('data', () => awaited.delete(socket));
      }
      if (awaited.has(socket)) return;
      awaited.add(socket);
      const request = this.#requests.at(-1);
      if (request !== undefined && !request.answered) request.roundTripsBefore++;
    };
    const { write } = Socket.prototype as { write: (...args: unknown[]) => boolean };
    Socket.prototype.write = function (this: Socket, ...args: unknown[]): boolean {
      written(this);
      return write.apply(this, args);
    };
  }
}
