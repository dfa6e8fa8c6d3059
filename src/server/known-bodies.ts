/** So many are remembered, and none that is longer than so many bytes: 4 MB at most (C4). */
const MAX = 1_000;
const MAX_BYTES = 4_096;
/** So many that look alike: whoever sends bodies that are made to, makes nobody compare more. */
const MAX_ALIKE = 8;
/** Looked at before bodies are compared: so many bytes of the end, where variables are, and so many of all of it. */
const OF_END = 32;
const OF_ALL = 16;

interface Known<Value> {
  readonly bytes: Buffer;
  readonly value: Value;
}

/** What has been made of bodies that were sent before. Found by their bytes: making a text of each, to ask a map, takes three times as long. */
export class KnownBodies<Value> {
  readonly #alike = new Map<number, Known<Value>[]>();
  #size = 0;

  get(bytes: Buffer): Value | undefined {
    const alike = this.#alike.get(sampled(bytes));
    if (alike === undefined) return undefined;
    for (const known of alike) if (known.bytes.equals(bytes)) return known.value;
    return undefined;
  }

  /** Keeps a copy: what was read from a connection may be a part of something larger. */
  set(bytes: Buffer, value: Value): void {
    if (bytes.length > MAX_BYTES) return;
    if (this.#size >= MAX) {
      this.#alike.clear();
      this.#size = 0;
    }
    const sample = sampled(bytes);
    const alike = this.#alike.get(sample) ?? [];
    if (alike.length === 0) this.#alike.set(sample, alike);
    if (alike.length < MAX_ALIKE) this.#size++;
    else alike.shift();
    alike.push({ bytes: Buffer.from(bytes), value });
  }
}

/** FNV-1a (Fowler, Noll, Vo) of some of the bytes. */
function sampled(bytes: Buffer): number {
  const { length } = bytes;
  let sum = 0x811c9dc5 ^ length;
  for (let at = Math.max(0, length - OF_END); at < length; at++) sum = Math.imul(sum ^ (bytes[at] as number), 0x01000193);
  const step = Math.floor(length / OF_ALL) + 1;
  for (let at = 0; at < length - OF_END; at += step) sum = Math.imul(sum ^ (bytes[at] as number), 0x01000193);
  return sum;
}
