import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Entry } from '../core/entry.js';
import type { Tag } from '../core/tags.js';

/** How entries are handed to a Keyv store and taken from it. */
export interface EntryCodec {
  encode(entry: Entry): unknown;
  /** The entry, or undefined for what cannot be read: an older or newer version's, half written, or nobody's. */
  decode(stored: unknown): Entry | undefined;
}

/** For stores in this process: the object itself. */
export const referenceCodec: EntryCodec = { encode: (entry) => entry, decode: (stored) => stored as Entry };

/** The first byte of a stored entry: the form of the rest. Another form gets another number. */
const PLAIN = 1;
const COMPRESSED = 2;

/** Texts above this are compressed: below, a millisecond of network is not saved by it. */
const COMPRESS_ABOVE = 4096;

/** No stored text is as long: what claims to be is not decompressed. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

// Quality 1 takes about as long as JSON.stringify did and leaves a quarter: as much as deflate's fastest in half its time.
const compression = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };

/** For stores elsewhere: bytes, of JSON without member names. */
export const binaryCodec: EntryCodec = {
  encode(entry) {
    const { value, tags, stamp, readAt, freshUntil, staleUntil, scope, cost } = entry;
    const text = JSON.stringify([
      value === undefined ? null : value,
      tags,
      stamp.epoch,
      stamp.position,
      readAt,
      freshUntil,
      staleUntil,
      scope === 'PRIVATE' ? 1 : 0,
      Math.round(cost * 1000) / 1000,
    ]);
    if (text.length <= COMPRESS_ABOVE) return Buffer.from(String.fromCharCode(PLAIN) + text);
    return Buffer.concat([Buffer.of(COMPRESSED), brotliCompressSync(text, compression)]);
  },

  decode(stored) {
    if (!Buffer.isBuffer(stored)) return undefined;
    try {
      return fromParts(JSON.parse(textOf(stored)));
    } catch {
      return undefined;
    }
  },
};

function textOf(stored: Buffer): string {
  if (stored[0] === PLAIN) return stored.toString('utf8', 1);
  if (stored[0] !== COMPRESSED) return '';
  return brotliDecompressSync(stored.subarray(1), { maxOutputLength: MAX_TEXT_BYTES }).toString('utf8');
}

function fromParts(parts: unknown): Entry | undefined {
  if (!Array.isArray(parts) || parts.length !== 9) return undefined;
  const [value, tags, epoch, position, readAt, freshUntil, staleUntil, isPrivate, cost] = parts as readonly unknown[];
  const isReadable =
    Array.isArray(tags) &&
    tags.every((tag) => typeof tag === 'string') &&
    typeof epoch === 'string' &&
    typeof position === 'number' &&
    typeof readAt === 'number' &&
    isTime(freshUntil) &&
    isTime(staleUntil) &&
    (isPrivate === 0 || isPrivate === 1) &&
    typeof cost === 'number';
  if (!isReadable) return undefined;
  return {
    value,
    tags: tags as Tag[],
    stamp: { epoch, position },
    readAt,
    freshUntil: freshUntil ?? Infinity,
    staleUntil: staleUntil ?? Infinity,
    scope: isPrivate === 1 ? 'PRIVATE' : 'PUBLIC',
    cost,
  };
}

/** JSON has no Infinity: a lifetime without end is null. */
function isTime(value: unknown): value is number | null {
  return value === null || typeof value === 'number';
}
