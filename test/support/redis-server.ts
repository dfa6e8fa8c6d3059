import { freePort, startChildServer, temporaryDirectory, withRetries, type ChildServer } from './child-server.js';

export interface RedisServer extends ChildServer {
  readonly url: string;
}

/** A new server on a free port that writes nothing to disk; `args` are further settings (`--maxmemory`, `1mb`). */
export function startRedis(program: string, args: readonly string[] = []): Promise<RedisServer> {
  return withRetries(async () => {
    const directory = temporaryDirectory('redis');
    const port = await freePort();
    const server = await startChildServer({
      command: program,
      args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory, ...args],
      port,
      directory,
      stopSignal: 'SIGTERM',
    });
    return { ...server, url: `redis://127.0.0.1:${port}` };
  });
}
