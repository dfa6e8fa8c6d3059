import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { PROCESS_MS } from '../support/patience.js';
import { buildNode } from './build-node.js';
import { HttpClient } from './http-client.js';
import type { NodeArguments, Order, Report, Word } from './node-orders.js';

const START_DEADLINE = PROCESS_MS;

let entry: string | null = null;

/** One API process, under the same name and at the same address however often it is started. */
export class NodeProcess {
  readonly http: HttpClient;
  /** Told when a hit that it executed again says something else, though nothing has invalidated it. */
  onDiverged: (what: string) => void = () => undefined;
  #child: ChildProcess | null = null;
  readonly #log: WriteStream;

  constructor(
    readonly index: number,
    private readonly args: NodeArguments,
    logFile: string,
  ) {
    this.http = new HttpClient(args.port);
    this.#log = createWriteStream(logFile, { flags: 'a' });
  }

  /** Resolves when it answers. */
  async start(changed: Partial<NodeArguments> = {}): Promise<void> {
    const args = JSON.stringify({ ...this.args, ...changed });
    entry ??= buildNode();
    const child = spawn(process.execPath, ['--enable-source-maps', entry, args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    this.#child = child;
    child.stdout?.pipe(this.#log, { end: false });
    child.stderr?.pipe(this.#log, { end: false });
    // A killed process breaks the channel while it is being written to.
    child.on('error', () => undefined);
    child.on('message', (word: Word) => {
      if (word.say === 'diverged') this.onDiverged(word.what);
    });
    const ended = once(child, 'exit').then(() => 'ended' as const);
    const said = await Promise.race([this.#hear(child, 'listening'), ended, pause(START_DEADLINE, 'late' as const, { ref: false })]);
    if (said === 'ended' || said === 'late') throw new Error(`node ${this.index} did not start (${said}): see its log`);
  }

  get url(): string {
    return `http://127.0.0.1:${this.args.port}`;
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  order(order: Order): void {
    if (this.isRunning && this.#child?.connected === true) this.#child.send(order, () => undefined);
  }

  /** Null when it does not answer. */
  async report(): Promise<Report | null> {
    const child = this.#child;
    if (child === null || !this.isRunning) return null;
    const heard = this.#hear(child, 'report');
    this.order({ do: 'report' });
    const word = await Promise.race([heard, pause(1_000, null, { ref: false })]);
    return word?.say === 'report' ? word : null;
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** Resolves when the process has ended, for whatever reason. */
  async ended(): Promise<void> {
    if (this.isRunning && this.#child !== null) await once(this.#child, 'exit');
  }

  async kill(): Promise<void> {
    const ended = this.ended();
    this.signal('SIGKILL');
    await ended;
  }

  /** As an operator stops it. */
  async stop(): Promise<void> {
    const ended = this.ended();
    this.order({ do: 'stop' });
    await Promise.race([ended, pause(10_000, undefined, { ref: false })]);
    await this.kill();
  }

  async close(): Promise<void> {
    await this.kill();
    this.http.close();
    this.#log.end();
  }

  async #hear(child: ChildProcess, what: Word['say']): Promise<Word> {
    return new Promise((resolve) => {
      const listen = (word: Word): void => {
        if (word.say !== what) return;
        child.off('message', listen);
        resolve(word);
      };
      child.on('message', listen);
    });
  }
}
