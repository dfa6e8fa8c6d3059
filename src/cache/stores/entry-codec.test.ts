import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../core/entry.js';
import type { Tag } from '../core/tags.js';
import { binaryCodec } from './entry-codec.js';

const entry = (value: unknown): Entry => ({
  value,
  tags: ['t/downtown/medicines/1', 't/downtown/medicines/*'] as Tag[],
  stamp: { epoch: 'e', position: 12 },
  readAt: 1000.25,
  freshUntil: 2000,
  staleUntil: 3000,
  scope: 'PRIVATE',
  cost: 1.234,
});

const roundTrip = (value: Entry): Entry | undefined => binaryCodec.decode(binaryCodec.encode(value));

describe('entries as bytes', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // JSON has one zero.
        const plain = JSON.parse(JSON.stringify(value)) as unknown;
        expect(roundTrip(entry(plain))).toEqual(entry(plain));
      }),
    );
  });

  it('come back when large, compressed', () => {
    const large = entry(Array.from({ length: 500 }, (_, id) => ({ id, name: `Médicament ${id} 💊`, rank: id % 7 === 0 ? null : id })));
    const bytes = binaryCodec.encode(large) as Buffer;
    expect(bytes.length).toBeLessThan(JSON.stringify(large).length / 4);
    expect(binaryCodec.decode(bytes)).toEqual(large);
  });

  it('keep a lifetime without end', () => {
    const endless = { ...entry(1), freshUntil: Infinity, staleUntil: Infinity };
    expect(roundTrip(endless)).toEqual(endless);
  });

  it('are not smaller than needed to be quick: small ones are plain', () => {
    expect((binaryCodec.encode(entry('small')) as Buffer).toString('utf8', 1)).toMatch(/^\["small",\["t\/downtown/);
  });

  const plain = binaryCodec.encode(entry('x')) as Buffer;
  const compressed = binaryCodec.encode(entry('x'.repeat(10_000))) as Buffer;
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'text'],
    ['no bytes', Buffer.alloc(0)],
    ['another form', Buffer.concat([Buffer.of(9), plain.subarray(1)])],
    ['a half', plain.subarray(0, plain.length / 2)],
    ['a half of a compressed one', compressed.subarray(0, compressed.length / 2)],
    ['damaged bytes', Buffer.concat([Buffer.of(2), Buffer.from('not compressed')])],
    ['other JSON', Buffer.from('\x01{"value":1}')],
    ['too few parts', Buffer.from('\x01[1,[],"e",1,1,1,1,0]')],
    ['parts of another kind', Buffer.from('\x01[1,[],"e","1",1,1,1,0,1]')],
    ['tags that are none', Buffer.from('\x01[1,[1],"e",1,1,1,1,0,1]')],
    ["somebody's JSON of Keyv", Buffer.from('{"value":"x","expires":1}')],
  ])('are a miss when they are %s', (_, stored) => {
    expect(binaryCodec.decode(stored)).toBeUndefined();
  });

  it('are a miss, not an error, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(0, 1, 2), (bytes, form) => {
        expect(binaryCodec.decode(Buffer.concat([Buffer.of(form), bytes]))).toBeUndefined();
      }),
    );
  });
});
