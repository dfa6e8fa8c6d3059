import { openProperty, type PropertyName } from './properties.js';
import { run, type CounterExample, type Figures } from './property.js';

/** What a process of its own is asked to check. */
export interface Part {
  readonly name: PropertyName;
  readonly seed: number;
  readonly from: number;
  readonly count: number;
}

export type PartMessage =
  | { readonly type: 'cases'; readonly count: number }
  | { readonly type: 'line'; readonly line: string }
  | { readonly type: 'end'; readonly found: CounterExample | null; readonly figures: Figures };

const TELL_AFTER = 20;

const send = (message: PartMessage): void => void process.send?.(message);

process.once('message', (part: Part) => void check(part));

async function check({ name, ...part }: Part): Promise<void> {
  const property = await openProperty(name);
  let untold = 0;
  const onCase = (): void => {
    if (++untold < TELL_AFTER) return;
    send({ type: 'cases', count: untold });
    untold = 0;
  };
  const found = await run(property, { ...part, onCase, print: (line) => send({ type: 'line', line }) });
  await property.close?.();
  send({ type: 'end', found, figures: property.figures() });
  process.disconnect();
}
