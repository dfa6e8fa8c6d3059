import type { Cache, CacheKey, Identity, Layer } from '../../src/cache/index.js';

/** At most this share of what a type with declared predicates loaded anew may turn out unchanged. */
const BAR = 0.05;

/** What declares reads. Fields and pieces of answers are made of these, and depend on whatever they were made of. */
const DECLARING: readonly Layer[] = ['entity', 'list'];

interface Figures {
  readonly layer: Layer;
  again: number;
  unchanged: number;
  /** Whether an entry of it depends on a predicate and not on a whole table. */
  isDeclared: boolean;
}

/** Compares what is stored under a key with what was there when it was found invalidated. */
export class UnchangedReloads {
  readonly #figures = new Map<string, Figures>();

  constructor({ events, store }: Pick<Cache, 'events' | 'store'>) {
    const held = new Map<CacheKey, string>();
    const invalidated = new Map<CacheKey, Identity>();
    events.on((event) => {
      if (event.type === 'miss' && event.reason === 'invalidated') invalidated.set(event.of.key, event.of);
    });
    const setMany = store.setMany.bind(store);
    store.setMany = (writes) => {
      for (const { key, entry } of writes) {
        const json = JSON.stringify(entry.value);
        const of = invalidated.get(key);
        const before = held.get(key);
        if (of !== undefined && before !== undefined) {
          const counted = this.#of(of.subject);
          counted.again++;
          if (before === json) counted.unchanged++;
          if (entry.tags.some((tag) => tag.includes('?'))) counted.isDeclared = true;
        }
        invalidated.delete(key);
        held.set(key, json);
      }
      return setMany(writes);
    };
  }

  /** Shows the figures of each type, and apart from them those of what is made of several. @returns whether all that have to meet the bar do. */
  show(print: (line: string) => void): boolean {
    const all = [...this.#figures].sort(([a], [b]) => (a < b ? -1 : 1));
    const types = all.filter(([, { layer }]) => DECLARING.includes(layer));
    for (const [name, figures] of types) print(`${line(name, figures)}  ${figures.isDeclared ? `at most ${BAR * 100} %: ${isMet(figures) ? 'met' : 'NOT MET'}` : 'by row'}`);
    const compositions = all.filter(([, { layer }]) => !DECLARING.includes(layer));
    if (compositions.length > 0) print('  made of these, declaring nothing: a piece goes with everything that it was made of, also with what its selection leaves out');
    for (const [name, figures] of compositions) print(line(name, figures));
    return types.every(([, figures]) => isMet(figures));
  }

  #of({ layer, name }: Identity['subject']): Figures {
    const key = `${layer} ${name}`;
    const known = this.#figures.get(key) ?? { layer, again: 0, unchanged: 0, isDeclared: false };
    this.#figures.set(key, known);
    return known;
  }
}

const share = ({ again, unchanged }: Figures): number => unchanged / again;
const isMet = (figures: Figures): boolean => !figures.isDeclared || share(figures) <= BAR;

function line(name: string, figures: Figures): string {
  return `  ${name.padEnd(40)} ${String(figures.again).padStart(7)} ${String(figures.unchanged).padStart(7)}  ${(share(figures) * 100).toFixed(1).padStart(5)} %`;
}
