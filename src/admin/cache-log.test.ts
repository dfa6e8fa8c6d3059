import { describe, expect, it } from 'vitest';
import { CacheEvents } from '../cache/core/events.js';
import { partition, tags, type CacheKey, type Identity } from '../cache/index.js';
import { silentLogger, type Logger } from '../lib/logger.js';
import { logDecisions } from './cache-log.js';

const a = partition('a');
const medicine: Identity = { key: 'larder:a:entity:medicine:hash' as CacheKey, subject: { layer: 'entity', name: 'medicine', version: '1' }, partition: a, implied: [] };

function logged(level: string, emit: (events: CacheEvents) => void): { readonly lines: readonly [object, string | undefined][]; readonly stop: () => void } {
  const lines: [object, string | undefined][] = [];
  const logger: Logger = { ...silentLogger, isLevelEnabled: (asked) => asked === level, debug: (fields, message) => lines.push([fields, message]) };
  const events = new CacheEvents();
  const stop = logDecisions({ events }, logger);
  emit(events);
  return { lines, stop };
}

describe('the log of decisions', () => {
  it('says what was looked up, for whom, and why it was not found', () => {
    const { lines } = logged('debug', (events) => {
      events.emit({ type: 'hit', of: medicine, freshness: 'stale', age: 12 });
      events.emit({ type: 'miss', of: medicine, reason: 'invalidated' });
    });
    const who = { layer: 'entity', subject: 'medicine', partition: 'a', key: medicine.key };
    expect(lines).toEqual([
      [{ ...who, freshness: 'stale', age: 12 }, 'cache hit'],
      [{ ...who, reason: 'invalidated' }, 'cache miss'],
    ]);
  });

  it('never contains values: neither what a predicate compares with nor what an error says', () => {
    const { lines } = logged('debug', (events) => {
      events.emit({ type: 'invalidate', tags: [tags.predicate(a, 'users', { email: 'secret', name: 'secret' })], result: { epoch: 'e', position: 1, replaced: new Map() } });
      const narrow = tags.narrow(a, 'users', { values: { email: 'secret' }, facets: [{ column: 'name', by: '~', value: 'secret' }], watched: ['role'] });
      events.emit({ type: 'invalidate', tags: [narrow], result: { epoch: 'e', position: 2, replaced: new Map() } });
      events.emit({ type: 'error', of: medicine, error: new TypeError('secret') });
      events.emit({ type: 'invalidate-failed', tags: [], error: new Error('secret') });
    });
    expect(JSON.stringify(lines)).not.toContain('secret');
    expect(lines[0]).toEqual([{ tags: ['t/a/users?email&name'], count: 1, epoch: 'e', position: 1 }, 'cache invalidate']);
    expect(lines[1]?.[0]).toMatchObject({ tags: ['t/a/users?email&name:role'] });
    expect(lines[2]?.[0]).toMatchObject({ error: 'TypeError' });
  });

  it('does not listen at other levels', () => {
    expect(logged('info', (events) => events.emit({ type: 'join', of: medicine })).lines).toEqual([]);
  });
});
