import { createHash } from 'node:crypto';

/** The same id for the same thing, wherever and whenever it is imported: md5 of kind and name as a UUID of version 3. */
export function derivedId(kind: string, name: string): string {
  const hash = createHash('md5').update(`${kind}:${name}`).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x30, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A number from 0 up to 1 that looks random and is always the same for the same text. */
export function derivedFraction(text: string): number {
  return createHash('md5').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
