import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** A process and its children, stopped by SIGSTOP: their connections stand, and nothing answers on them. */
export class StoppedProcesses {
  readonly #stopped = new Set<number>();
  readonly #resumer: ChildProcess;
  #watching = true;

  constructor(private readonly parent: number) {
    // Lets them go on when its standard input ends, so also when this process is killed.
    this.#resumer = spawn('sh', ['-c', 'read -r pids; kill -CONT $pids', 'sh'], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    void this.#watch();
  }

  /** Resolves when they go on. */
  async resume(): Promise<void> {
    if (!this.#watching) return;
    this.#watching = false;
    this.#stop();
    const ended = once(this.#resumer, 'exit');
    this.#resumer.stdin?.end('\n');
    await ended;
  }

  /** Also the children that a fork made just before its parent was stopped. */
  async #watch(): Promise<void> {
    while (this.#watching) {
      this.#stop();
      await pause(50);
    }
  }

  #stop(): void {
    // The parent first: it starts no more children then.
    for (const pid of [this.parent, ...childrenOf(this.parent)]) {
      if (this.#stopped.has(pid)) continue;
      this.#stopped.add(pid);
      process.kill(pid, 'SIGSTOP');
      this.#resumer.stdin?.write(`${pid} `);
    }
  }
}

/** Processes whose parent this is. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => parentOf(pid) === parent)
    .map(Number);
}

function parentOf(pid: string): number | null {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  } catch {
    return null;
  }
}
