import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Part, PartMessage } from './part.js';
import { Progress } from './progress.js';
import type { PropertyName } from './properties.js';
import type { CounterExample, Figures } from './property.js';

export interface Share {
  readonly name: PropertyName;
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  readonly processes: number;
  readonly print: (line: string) => void;
}

export interface Outcome {
  readonly found: CounterExample | null;
  readonly figures: Figures;
}

/** Checks cases in several processes, a run of them in each: until one of them fails. */
export async function checkInProcesses({ name, seed, from, count, processes, print }: Share): Promise<Outcome> {
  const progress = new Progress(name, count, print);
  const size = Math.ceil(count / processes);
  const children: ChildProcess[] = [];
  let first: CounterExample | null = null;
  const figures: Record<string, number> = {};
  const parts: Part[] = [];
  for (let at = 0; at < count; at += size) parts.push({ name, seed, from: from + at, count: Math.min(size, count - at) });

  const onMessage = (message: PartMessage): void => {
    if (message.type === 'cases') progress.add(message.count);
    else if (message.type === 'line') print(message.line);
    else {
      first ??= message.found;
      for (const [what, number] of Object.entries(message.figures)) figures[what] = (figures[what] ?? 0) + number;
      if (first !== null) for (const child of children) child.kill();
    }
  };
  await Promise.all(parts.map((part) => inProcess(part, { children, onMessage })));
  return { found: first, figures };
}

interface Parent {
  readonly children: ChildProcess[];
  readonly onMessage: (message: PartMessage) => void;
}

function inProcess(part: Part, { children, onMessage }: Parent): Promise<void> {
  const child = fork(fileURLToPath(new URL('part.ts', import.meta.url)), { stdio: 'inherit' });
  children.push(child);
  child.on('message', onMessage);
  child.send(part);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0 || signal === 'SIGTERM') resolve();
      else reject(new Error(`a process that checks cases ${part.from} to ${part.from + part.count - 1} of ${part.name} ended with ${code ?? signal}`));
    });
  });
}
