import { describe, expect, it } from 'vitest';
import { Collector, MAX_TAGS_PER_TABLE } from './collector.js';
import type { Entry } from './entry.js';
import type { Policy } from './policy.js';
import { EVERYTHING, GLOBAL, partition, tags } from './tags.js';

const own = partition('downtown');
const policy: Policy = { maxAge: 1000, staleWhileRevalidate: 500, scope: 'PUBLIC' };

function entry(changes: Partial<Entry>): Entry {
  return { value: 1, tags: [], stamp: { epoch: 'e', position: 1 }, readAt: 0, freshUntil: 1000, staleUntil: 1500, scope: 'PUBLIC', cost: 0, ...changes };
}

describe('collector', () => {
  it('starts with the policy as it is', () => {
    expect(new Collector(own).lifetime(policy, 100)).toEqual({ readAt: 100, freshUntil: 1100, staleUntil: 1600 });
  });

  it('takes over tags, remaining lifetimes, age and scope of what the load contains, never longer ones', () => {
    const collector = new Collector(own);
    collector.add(entry({ tags: [tags.table(own, 'a')], readAt: 50, freshUntil: 400, staleUntil: 700, scope: 'PRIVATE' }), 100);
    collector.add(entry({ tags: [tags.table(own, 'b')], readAt: 80, freshUntil: 9000, staleUntil: 9000 }), 100);
    expect(collector.lifetime(policy, 100)).toEqual({ readAt: 50, freshUntil: 400, staleUntil: 700 });
    expect(collector.tags).toEqual([tags.table(own, 'a'), tags.table(own, 'b')]);
    expect(collector.scope).toBe('PRIVATE');
    expect(collector.notStorable).toBeNull();
  });

  it('makes a load that contains a stale value unfit to be stored', () => {
    const collector = new Collector(own);
    collector.add(entry({ freshUntil: 100 }), 100);
    expect(collector.notStorable).toBe('it contains a stale value');
  });

  it('P1 lets hints given while loading tighten, never loosen', () => {
    const collector = new Collector(own);
    collector.restrict({ maxAge: 100 });
    collector.restrict({ maxAge: 5000, scope: 'PRIVATE' });
    collector.restrict({ scope: 'PUBLIC' });
    expect(collector.lifetime(policy, 0)).toMatchObject({ freshUntil: 100, staleUntil: 600 });
    expect(collector.scope).toBe('PRIVATE');
  });

  it('P4 makes a load whose hint is maxAge 0 unfit to be stored, whatever its grace', () => {
    const collector = new Collector(own);
    collector.restrict({ maxAge: 0 });
    expect(collector.notStorable).toBe('its maxAge is 0');
  });

  it('F6 ends the lifetime of what reads the clock, and its grace, at the next boundary', () => {
    const collector = new Collector(own);
    collector.until(300);
    expect(collector.lifetime(policy, 0)).toMatchObject({ freshUntil: 300, staleUntil: 300 });
  });

  it('P2 makes a load that read another partition unfit to be stored; global data is nobody else\'s', () => {
    const fit = new Collector(own);
    fit.tag(tags.table(own, 'medicines'));
    fit.tag(tags.table(GLOBAL, 'products'));
    fit.tag(EVERYTHING);
    expect(fit.notStorable).toBeNull();
    const unfit = new Collector(own);
    unfit.tag(tags.table(partition('riverside'), 'medicines'));
    expect(unfit.notStorable).toContain('riverside');
    const shared = new Collector(GLOBAL);
    shared.tag(tags.table(own, 'medicines'));
    expect(shared.notStorable).toContain('downtown');
  });

  it('C4 depends on the whole table above so many tags of it, however they come in', () => {
    const inner = new Collector(own);
    for (let id = 0; id < MAX_TAGS_PER_TABLE; id++) inner.tag(tags.row(own, 'medicines', id));
    const collector = new Collector(own);
    collector.tag(tags.row(own, 'stock', 1));
    collector.merge(inner);
    expect(collector.tags).toHaveLength(MAX_TAGS_PER_TABLE + 1);
    collector.tag(tags.row(own, 'medicines', 'one more'));
    collector.tag(tags.row(own, 'medicines', 'and another'));
    expect(new Set(collector.tags)).toEqual(
      new Set([tags.row(own, 'stock', 1), tags.table(own, 'medicines'), tags.everyRow(own, 'medicines')]),
    );
  });

  it('merges what a load inside it collected', () => {
    const inner = new Collector(own);
    inner.restrict({ maxAge: 10, scope: 'PRIVATE' });
    inner.add(entry({ readAt: 5, freshUntil: 200, staleUntil: 200 }), 100);
    inner.forbid('first');
    inner.forbid('second');
    const outer = new Collector(own);
    outer.merge(inner);
    expect(outer.lifetime(policy, 100)).toEqual({ readAt: 5, freshUntil: 110, staleUntil: 200 });
    expect([outer.scope, outer.notStorable]).toEqual(['PRIVATE', 'first']);
  });
});
