import type { Writable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';

/** Long work tells how far it is: one step at a time, each with a known total. */
export interface Progress {
  start(label: string, total: number): void;
  advance(count: number): void;
  done(): void;
}

export const silentProgress: Progress = { start: () => undefined, advance: () => undefined, done: () => undefined };

export type ProgressStream = Writable & { readonly isTTY?: boolean };

/** A bar for people; plain lines for logs and pipes. */
export function showProgress(stream: ProgressStream = process.stderr): Progress {
  return stream.isTTY ? bar(stream) : lines(stream);
}

const LABEL_WIDTH = 34;

function bar(stream: ProgressStream): Progress {
  let shown: SingleBar | null = null;
  return {
    start: (label, total) => {
      const format = `${label.padEnd(LABEL_WIDTH)} {bar} {percentage}% {value}/{total}`;
      shown = new SingleBar({ stream, format, hideCursor: true, clearOnComplete: false }, Presets.shades_classic);
      shown.start(total, 0);
    },
    advance: (count) => shown?.increment(count),
    done: () => shown?.stop(),
  };
}

function lines(stream: ProgressStream): Progress {
  let label = '';
  let total = 0;
  let value = 0;
  let quarter = 0;
  return {
    start: (nextLabel, nextTotal) => {
      [label, total, value, quarter] = [nextLabel, nextTotal, 0, 0];
    },
    advance: (count) => {
      value += count;
      const reached = Math.floor((4 * value) / Math.max(1, total));
      if (reached > quarter && reached < 4) stream.write(`${label}: ${value} of ${total}\n`);
      quarter = reached;
    },
    done: () => {
      stream.write(`${label}: ${value} done\n`);
    },
  };
}
