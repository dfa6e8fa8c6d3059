import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { FAMILIES, isLimit, largestAdmitted, refusedBodies } from './candidates.js';
import { large, manyFields } from './document-load.js';

describe('candidates for the most expensive document', () => {
  it.each(FAMILIES)('$name: are GraphQL at any size, and another text for each nonce', ({ body }) => {
    for (const size of [1, 3]) {
      const { query } = JSON.parse(body(size, 7)) as { query: string };
      expect(parse(query).kind).toBe('Document');
      expect(body(size, 8)).not.toBe(body(size, 7));
    }
  });

  it('are tried at the largest size that the limits admit', async () => {
    for (const admitted of [0, 1, 2, 499, 500]) expect(await largestAdmitted(500, async (size) => size <= admitted)).toBe(admitted);
  });

  it('are beyond the limits when a limit says so, not when they are merely wrong', () => {
    expect(['TOO_DEEP', 'BODY_TOO_DEEP', 'PAYLOAD_TOO_LARGE', null, 'GRAPHQL_VALIDATION_FAILED'].map(isLimit)).toEqual([true, true, true, false, false]);
  });
});

describe('refused bodies', () => {
  it.each(Object.entries(refusedBodies(10_000)))('%s: are JSON of exactly the size that is asked for', (_, body) => {
    expect(Buffer.byteLength(body)).toBe(10_000);
    expect(() => JSON.parse(body) as unknown).not.toThrow();
  });
});

describe('documents', () => {
  it('are of 6 KB, and each another one', () => {
    for (const make of [large, manyFields]) {
      expect(make(1).query.length).toBeGreaterThan(5_000);
      expect(make(4_999).query.length).toBeLessThan(6_500);
      expect(make(1).query).not.toBe(make(2).query);
    }
  });
});
