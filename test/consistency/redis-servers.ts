import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { startRedis, type RedisServer } from '../support/redis-server.js';
import { TcpProxy } from './tcp-proxy.js';

/** One Redis that the checker started, and may do anything to. */
export class OwnRedis {
  private constructor(
    private readonly server: RedisServer,
    private readonly directory: string,
    private readonly link: TcpProxy | null,
  ) {}

  static async start(program: string, directory: string, options: { readonly dump?: string; readonly replicaOf?: OwnRedis } = {}): Promise<OwnRedis> {
    mkdirSync(directory, { recursive: true });
    if (options.dump !== undefined) copyFileSync(options.dump, join(directory, 'dump.rdb'));
    const link = options.replicaOf === undefined ? null : await TcpProxy.start(options.replicaOf.port);
    const replication = link === null ? [] : ['--replicaof', '127.0.0.1', String(link.port)];
    // A master's own setting: it would wait five seconds for more replicas before it sends the first what it has.
    const server = await startRedis(program, ['--dir', directory, '--dbfilename', 'dump.rdb', '--repl-diskless-sync-delay', '0', ...replication]);
    return new OwnRedis(server, directory, link);
  }

  get port(): number {
    return Number(new URL(this.server.url).port);
  }

  async command(...parts: string[]): Promise<string> {
    const client = createClient({ url: this.server.url, socket: { reconnectStrategy: false, connectTimeout: 2_000 } });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const reply: unknown = await client.sendCommand(parts);
      return typeof reply === 'string' ? reply : '';
    } finally {
      client.destroy();
    }
  }

  /** A copy of everything it holds now. @returns the file. */
  async dump(): Promise<string> {
    await this.command('SAVE');
    const copy = join(this.directory, 'old.rdb');
    copyFileSync(join(this.directory, 'dump.rdb'), copy);
    return copy;
  }

  /** As a replica: resolves when it has caught up with its master. */
  async caughtUp(): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      const info = await this.command('INFO', 'replication');
      if (info.includes('master_link_status:up') && existsSync(this.directory)) return;
      await pause(25);
    }
    throw new Error('a replica did not catch up with its master');
  }

  /** As a replica: hears nothing of its master from now on, and does not know it. */
  fallBehind(): void {
    this.link?.become('silent');
  }

  async promote(): Promise<void> {
    await this.command('REPLICAOF', 'NO', 'ONE');
    this.link?.become('cut');
  }

  async kill(): Promise<void> {
    process.kill(this.server.pid, 'SIGKILL');
    await this.server.stop();
    await this.link?.close();
  }
}
