import { createClient, RESP_TYPES } from '@redis/client';
import { partitionOfKey } from '../../src/cache/core/key.js';
import { binaryCodec } from '../../src/cache/stores/entry-codec.js';
import { MemoryStore } from '../../src/cache/stores/memory-store.js';

/** What a store keeps under one key, as text in which anything can be searched for. */
export interface Kept {
  readonly in: 'memory' | 'redis';
  readonly key: string;
  /** The second part of the key: a tenant's id or `global`; of what is no entry, what stands in its place. */
  readonly partition: string | null;
  readonly text: string;
}

const writtenToMemory = new Map<string, unknown>();

/** From now on, everything that a store in this process is given can be dumped, also after it was evicted. */
export function watchMemory(): void {
  const put = Object.getOwnPropertyDescriptor(MemoryStore.prototype, 'put')?.value as MemoryStore['put'];
  if (put.name === 'watched') return;
  MemoryStore.prototype.put = function watched(this: MemoryStore, write) {
    writtenToMemory.set(write.key, write.value);
    return put.call(this, write);
  };
}

export function dumpMemory(prefix: string): Kept[] {
  return [...writtenToMemory]
    .filter(([key]) => key.startsWith(`${prefix}:`))
    .map(([key, value]) => ({ in: 'memory', key, partition: partitionOfKey(key, prefix), text: JSON.stringify(value) }));
}

/** Every key under a prefix, with its value made readable. */
export async function dumpRedis(url: string, prefix: string): Promise<Kept[]> {
  const client = clientOf(url);
  await client.connect();
  try {
    const kept: Kept[] = [];
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1_000 })) {
      for (const key of keys) {
        const text = await readable(client, key);
        if (text !== null) kept.push({ in: 'redis', key, partition: partitionOfKey(key, prefix), text });
      }
    }
    return kept;
  } finally {
    client.destroy();
  }
}

function clientOf(url: string) {
  return createClient({ url });
}

/** Null for a key whose life has ended since it was listed. */
async function readable(client: ReturnType<typeof clientOf>, key: string): Promise<string | null> {
  const type = await client.type(key);
  if (type === 'none') return null;
  if (type === 'zset') return (await client.zRange(key, 0, -1)).join('\n');
  if (type !== 'string') throw new Error(`${key} is a ${type}, which this dump cannot read`);
  const bytes = await client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get(key);
  if (bytes === null) return null;
  // Entries are bytes, and compressed above a size; the rest is text.
  const entry = binaryCodec.decode(bytes);
  return entry === undefined ? bytes.toString() : JSON.stringify(entry);
}
