import { describe, expect, it } from 'vitest';
import { withoutMechanism } from '../../../test/support/without.js';
import { CacheError } from './errors.js';
import { Identities, partitionOfKey, type Subject } from './key.js';
import { EVERYTHING, GLOBAL, partition, tags, type Partition } from './tags.js';

const identities = new Identities('larder', 'database-1', withoutMechanism());
const subject: Subject = { layer: 'list', name: 'medicines', version: '1', profile: 'list' };
const own = partition('downtown');

describe('keys', () => {
  it('P2 refuse what has no partition, for callers whose compiler did not', () => {
    for (const none of [undefined, null, '']) expect(() => identities.of(subject, none as unknown as Partition, {})).toThrow(CacheError);
  });

  it('P2 P5 differ by partition, subject, version, layer, database and argument', () => {
    const keys = [
      identities.of(subject, own, { a: 1 }),
      identities.of(subject, partition('riverside'), { a: 1 }),
      identities.of(subject, GLOBAL, { a: 1 }),
      identities.of({ ...subject, name: 'other' }, own, { a: 1 }),
      identities.of({ ...subject, version: '2' }, own, { a: 1 }),
      identities.of({ ...subject, layer: 'entity' }, own, { a: 1 }),
      new Identities('larder', 'database-2', withoutMechanism()).of(subject, own, { a: 1 }),
      identities.of(subject, own, { a: '1' }),
      identities.of(subject, own, { a: null }),
      identities.of(subject, own, {}),
      identities.of(subject, own, null),
    ].map((identity) => identity.key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('P5 are the same whichever order arguments come in, and whichever profile stores them', () => {
    const { key } = identities.of(subject, own, { a: 1, b: { c: 2, d: [3] } });
    expect(identities.of(subject, own, { b: { c: 2, d: [3] }, a: 1, z: undefined }).key).toBe(key);
    expect(identities.of({ ...subject, profile: 'other' }, own, { a: 1, b: { c: 2, d: [3] } }).key).toBe(key);
  });

  it('P5 differ by the order of members inside an argument, where it may mean something', () => {
    const by = (order: object) => identities.of(subject, own, { by: order }).key;
    expect(by({ name: 1, date: -1 })).not.toBe(by({ date: -1, name: 1 }));
    expect(by([{ name: 1, date: -1 }])).not.toBe(by([{ date: -1, name: 1 }]));
  });

  it('P7 show prefix, partition, layer and name, and of the arguments only a hash', () => {
    expect(identities.of(subject, own, { email: 'someone@example.org' }).key).toMatch(/^larder:downtown:list:medicines:[A-Za-z0-9_-]{43}$/);
  });

  it('imply the tags that administrators purge by', () => {
    const { key, implied } = identities.of(subject, own, 1);
    expect(new Set(implied)).toEqual(
      new Set([
        EVERYTHING,
        tags.partition(own),
        tags.field(null, 'medicines'),
        tags.field(own, 'medicines'),
        tags.profile(null, 'list'),
        tags.profile(own, 'list'),
        tags.key(key),
      ]),
    );
  });

  it('say which partition they belong to, under a prefix with colons, too', () => {
    const { key } = new Identities('app:larder', 'd').of(subject, own, 1);
    expect(partitionOfKey(key, 'app:larder')).toBe('downtown');
    expect(partitionOfKey(key, 'app')).toBe('larder');
    for (const foreign of ['', 'app', 'app:larder', 'app:larder:', 'other:downtown:x', 'app:larders:x:y']) {
      expect(partitionOfKey(foreign, 'app:larder')).toBeNull();
    }
  });
});
