import { describe, expect, it } from 'vitest';
import { judgeOutage } from './judge-outage.js';
import type { Observation } from './traffic.js';

const HIT = 'Larder; hit; ttl=9';
const one = (scheduled: number, changed: Partial<Observation> = {}): Observation => ({ kind: 'known', scheduled, milliseconds: 1, code: null, isBroken: false, cacheStatus: HIT, ...changed });
const OUTAGE = { part: 'part', began: 100_000, ended: 140_000, timeLimit: 10_000 };
const CALM = [one(99_000), one(120_000), one(145_000)];
const missed = (...observations: Observation[]): string[] => judgeOutage([...CALM, ...observations], OUTAGE).filter(({ isMet }) => !isMet).map(({ what }) => what);

describe('an outage', () => {
  it('is met when known queries are answered and others fail with their code in time', () => {
    expect(missed(one(120_000, { kind: 'database', code: 'SERVICE_UNAVAILABLE', milliseconds: 9_000 }), one(130_000, { cacheStatus: 'Larder; hit; ttl=-5' }))).toEqual([]);
  });

  it('is missed by known queries that fail or are slow, also those sent just before it began', () => {
    expect(missed(one(120_000, { code: 'REQUEST_TIMEOUT' }))).toEqual(['during: known queries that failed']);
    expect(missed(one(99_999, { milliseconds: 5_000 }))).toEqual(['during: p99 of known queries']);
  });

  it('is missed by failures that are late, broken or of another code', () => {
    expect(missed(one(120_000, { kind: 'mutation', code: 'REQUEST_TIMEOUT', milliseconds: 10_200 }))).toEqual([expect.stringContaining('longest failure of the others')]);
    expect(missed(one(120_000, { kind: 'database', code: 'INTERNAL_SERVER_ERROR' }))).toEqual(['during: failures without a code of theirs']);
    expect(missed(one(120_000, { kind: 'database', code: 'ECONNRESET', isBroken: true }))).toEqual(['during: failures without a code of theirs']);
  });

  it('is missed by failures, misses and stale answers two seconds after it, not before', () => {
    expect(missed(one(141_000, { code: 'SERVICE_UNAVAILABLE' }))).toEqual([]);
    expect(missed(one(143_000, { kind: 'database', code: 'SERVICE_UNAVAILABLE' }))).toEqual(['after 2 s: failed']);
    expect(missed(one(143_000, { cacheStatus: 'Larder; hit; ttl=-5' }))).toEqual(['after 2 s: known queries that were no fresh hits']);
    expect(missed(one(143_000, { cacheStatus: 'Larder; fwd=miss; stored' }))).toEqual(['after 2 s: known queries that were no fresh hits']);
  });

  it('is missed when nothing was measured', () => {
    expect(judgeOutage([], OUTAGE).some(({ isMet }) => !isMet)).toBe(true);
  });

  it('measures until known queries are hits again and stay so', () => {
    const again = (observations: readonly Observation[]): string | undefined =>
      judgeOutage(observations, { ...OUTAGE, recoversWithin: 5_000 }).find(({ what }) => what.includes('hits again'))?.measured;
    expect(again([one(100_500, { cacheStatus: 'fwd=miss' }), one(101_000), one(102_000, { cacheStatus: 'fwd=miss' }), one(104_000)])).toBe('4,000 ms');
    expect(again([one(101_000), one(102_000, { cacheStatus: 'fwd=miss' })])).toBe('nothing measured ms');
    expect(again([one(101_000)])).toBe('0 ms');
  });
});
