import { Background } from '../../lib/background.js';
import { Collector } from '../core/collector.js';
import { judge } from '../core/entry.js';
import type { Entry } from '../core/entry.js';
import type { Identity } from '../core/key.js';
import { Reader } from '../core/reader.js';
import type { Tag } from '../core/tags.js';
import { firstDifference } from './first-difference.js';
import type { AnsweredPiece, Question } from './answered-piece.js';
import type { ResponseCache } from './response-cache.js';

export interface DivergenceOptions {
  /** Of the hits, the share that is executed again: 0 to 1. */
  readonly share: number;
  /** Between 0 and 1; for tests. */
  readonly random?: () => number;
  /** Milliseconds that only go forward; for tests. */
  readonly now?: () => number;
  /** Resolves when all that was committed before the call has been applied to the ledger. */
  readonly settled: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** So many are executed again at a time; further ones are let go, so that sampling never becomes the load. */
const MAX_UNDER_WAY = 8;
/** What was compared is not compared again for so long, in milliseconds: those who ask for it most say nothing new. */
const COMPARED_FOR = 1_000;

/**
 * Executes a share of the hits again, in the background and past every cache, and compares. What differs, and goes on being
 * called valid when all changes are known to have been applied, lacks a tag: it is reported with the tags that the new
 * execution has and the entry has not.
 */
export class DivergenceSampler<Context, Source> {
  readonly #background: Background;
  readonly #share: number;
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #comparedAt = new WeakMap<Identity, number>();
  #underWay = 0;

  constructor(
    private readonly responses: ResponseCache<Context, Source>,
    private readonly options: DivergenceOptions,
  ) {
    this.#background = new Background(options.onError);
    this.#share = options.share;
    this.#random = options.random ?? Math.random;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Takes samples of an answer. Costs nothing where the share is 0. */
  consider(question: Question<Context>, pieces: readonly AnsweredPiece[]): void {
    if (this.#share <= 0) return;
    for (const { piece, identity, entry, json, isHit } of pieces) {
      // What reads the clock may differ and be right.
      if (entry === null || identity === null || !isHit || piece.selected.timeDependent) continue;
      if (this.#random() >= this.#share || (this.#share < 1 && !this.#isWorthIt(identity))) continue;
      this.#underWay++;
      this.#background.run(this.#compare(question, { piece, identity, entry, json }).finally(() => this.#underWay--));
    }
  }

  #isWorthIt(identity: Identity): boolean {
    if (this.#underWay >= MAX_UNDER_WAY) return false;
    const now = this.#now();
    if (now - (this.#comparedAt.get(identity) ?? -Infinity) < COMPARED_FOR) return false;
    this.#comparedAt.set(identity, now);
    return true;
  }

  /** Resolves when the comparisons under way have ended. */
  drain(): Promise<void> {
    return this.#background.drain();
  }

  async #compare(question: Question<Context>, sample: Sample): Promise<void> {
    const { readerOf, contextWithin } = this.responses.options;
    const before = readerOf(question.context);
    if (before === null) return;
    const { cache, partition, sources } = before;
    // What is known to have been overtaken may differ, and says so.
    if (!isStillValid(sample, cache)) return;
    const collector = new Collector(partition);
    const reader = new Reader<Source>({ cache, request: cache.begin({ bypass: true }), partition, sources, collector });
    const context = contextWithin(question.context, reader, { shared: false, scope: 'PRIVATE' });
    const [again] = await this.responses.executor.execute(question.plan, [sample.piece], { context, variables: structuredClone(question.variables) });
    // A failing source says nothing about what it would have answered.
    if (again === undefined || again.errors.length > 0) return;
    cache.events.emit({ type: 'compare', of: sample.identity });
    if (again.json === sample.json || !isStillValid(sample, cache)) return;
    await this.options.settled();
    if (cache.ledger.standing() !== 'trusted' || !isStillValid(sample, cache)) return;
    const known = new Set<Tag>([...sample.entry.tags, ...sample.identity.implied]);
    cache.events.emit({
      type: 'diverge',
      of: sample.identity,
      path: [sample.piece.responseName, ...firstDifference(sample.json, again.json)].join('.'),
      missing: collector.tags.filter((tag) => !known.has(tag)),
    });
  }
}

interface Sample extends Pick<AnsweredPiece, 'piece' | 'json'> {
  readonly identity: Identity;
  readonly entry: Entry;
}

/** By its tags: that its life may be over by now plays no part. */
function isStillValid({ entry, identity }: Sample, cache: Reader<unknown>['cache']): boolean {
  const verdict = judge(entry, identity, { ledger: cache.ledger, now: entry.readAt });
  return verdict === 'fresh' || verdict === 'stale';
}
