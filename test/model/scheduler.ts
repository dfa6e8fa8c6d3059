import type { Random } from './random.js';

/** The steps of a task; between two of them, any other task may go on. It may name a condition that it waits for. */
export type Steps<Result = void> = Generator<(() => boolean) | undefined, Result, undefined>;

/** Whoever does tasks: while it is stopped they rest, and when it is killed they end with it. */
export interface Process {
  readonly alive: boolean;
  readonly stopped: boolean;
}

/** What goes on whatever becomes of processes. */
export const NATURE: Process = { alive: true, stopped: false };

interface Task {
  readonly steps: Steps;
  readonly of: Process;
  readonly abandoned: () => void;
  isReady: () => boolean;
}

const always = (): boolean => true;

/** Tasks under way, of which one at a time, picked by chance, does one step. */
export class Scheduler {
  #tasks: Task[] = [];

  constructor(private readonly random: Random) {}

  /** @param abandoned called instead of further steps once the process was killed. */
  spawn(steps: Steps, of: Process, abandoned: () => void = () => undefined): void {
    this.#tasks.push({ steps, of, abandoned, isReady: always });
  }

  /** Does one step of one task. @returns false when none is ready. */
  step(): boolean {
    this.#bury();
    const ready = this.#tasks.filter((task) => !task.of.stopped && task.isReady());
    if (ready.length === 0) return false;
    const task = this.random.pick(ready);
    const { done, value } = task.steps.next();
    if (done === true) this.#tasks.splice(this.#tasks.indexOf(task), 1);
    else task.isReady = value ?? always;
    return true;
  }

  get isIdle(): boolean {
    return this.#tasks.every((task) => !task.of.alive);
  }

  #bury(): void {
    const dead = this.#tasks.filter((task) => !task.of.alive);
    if (dead.length === 0) return;
    this.#tasks = this.#tasks.filter((task) => task.of.alive);
    for (const { abandoned } of dead) abandoned();
  }
}
