import type { Random } from './random.js';
import type { RedisServer } from './redis.js';
import { NATURE, type Process, type Scheduler, type Steps } from './scheduler.js';

/** How a command ended for who sent it. A failed one may have been executed, or be executed later. */
export type Outcome<T> = { readonly ok: true; readonly reply: T } | { readonly ok: false };

export interface Command<T> {
  readonly sender: Process;
  readonly server: RedisServer;
  readonly run: (server: RedisServer) => T;
  readonly settle: (outcome: Outcome<T>) => void;
}

export interface NetworkOptions {
  readonly now: () => number;
  readonly slowRate: () => number;
  readonly lossRate: () => number;
  /** The most milliseconds that a slow command takes each way. */
  readonly slowest: number;
  /** Milliseconds after which a reply comes too late. */
  readonly deadline: number;
}

type Fate = 'arrives' | 'request lost' | 'reply lost' | 'overdue';

/** Between nodes and Redis: commands take their time both ways, overtake each other, get lost, and outlive their sender. */
export class Network {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly random: Random,
    private readonly options: NetworkOptions,
  ) {}

  send<T>(command: Command<T>): void {
    // A command on its way is nobody's: killing the sender does not call it back.
    this.scheduler.spawn(this.#carry(command), NATURE);
  }

  *#carry<T>(command: Command<T>): Steps {
    const { server, run } = command;
    const sentAt = this.options.now();
    const settle = (outcome: Outcome<T>): void => this.#deliver(command, outcome);
    yield* this.#delay();
    const fate = this.#fate();
    if (fate === 'overdue') {
      settle({ ok: false });
      yield* this.#delay();
      if (server.isUp) run(server);
      return;
    }
    if (fate === 'request lost' || !server.isUp) return settle({ ok: false });
    const reply = run(server);
    yield* this.#delay();
    const isLost = fate === 'reply lost' || this.options.now() - sentAt > this.options.deadline;
    settle(isLost ? { ok: false } : { ok: true, reply });
  }

  /** A stopped process finds the reply when it goes on; for a killed one, the command has failed. */
  #deliver<T>({ sender, settle }: Command<T>, outcome: Outcome<T>): void {
    const find = function* (): Steps {
      yield undefined;
      settle(outcome);
    };
    this.scheduler.spawn(find(), sender, () => settle({ ok: false }));
  }

  #fate(): Fate {
    if (!this.random.chance(this.options.lossRate())) return 'arrives';
    return this.random.pick(['request lost', 'reply lost', 'overdue']);
  }

  *#delay(): Steps {
    yield undefined;
    if (!this.random.chance(this.options.slowRate())) return;
    const until = this.options.now() + this.random.below(this.options.slowest);
    yield () => this.options.now() >= until;
  }
}
