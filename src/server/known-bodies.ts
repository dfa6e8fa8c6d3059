/** Longest body that is remembered, in bytes. */
const MAX_BYTES = 4_096;
/** Estimated overhead of one body, in bytes. */
const BASE_BYTES = 300;
/** So many that look alike: whoever sends bodies that are made to, makes nobody compare more. */
const MAX_ALIKE = 8;
/** Looked at before bodies are compared: so many bytes of the end, where variables are, and so many of all of it. */
const OF_END = 32;
const OF_ALL = 16;

interface Known<Value> {
  readonly bytes: Buffer;
  readonly value: Value;
  readonly weight: number;
}

/** What has been made of bodies that were sent before. Found by their bytes: making a text of each, to ask a map, takes three times as long. */
export class KnownBodies<Value> {
  readonly #alike = new Map<number, Known<Value>[]>();
  #weight = 0;

  /** @param maxWeight of all bodies together, in bytes of heap; beyond it the map is cleared (C4). */
  constructor(private readonly maxWeight: number) {}

  get(bytes: Buffer): Value | undefined {
    const alike = this.#alike.get(sampled(bytes));
    if (alike === undefined) return undefined;
    for (const known of alike) if (known.bytes.equals(bytes)) return known.value;
    return undefined;
  }

  /**
   * Keeps a copy: what was read from a connection may be a part of something larger.
   *
   * @param valueBytes what the value keeps in the heap.
   */
  set(bytes: Buffer, value: Value, valueBytes: number): void {
    const weight = BASE_BYTES + bytes.length + valueBytes;
    if (bytes.length > MAX_BYTES || weight > this.maxWeight) return;
    if (this.#weight + weight > this.maxWeight) {
      this.#alike.clear();
      this.#weight = 0;
    }
    const sample = sampled(bytes);
    const alike = this.#alike.get(sample) ?? [];
    if (alike.length === 0) this.#alike.set(sample, alike);
    if (alike.length >= MAX_ALIKE) this.#weight -= alike.shift()?.weight ?? 0;
    this.#weight += weight;
    alike.push({ bytes: Buffer.from(bytes), value, weight });
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
