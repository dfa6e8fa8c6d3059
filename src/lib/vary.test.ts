import { describe, expect, it } from 'vitest';
import { varyOn } from './vary.js';

describe('Vary', () => {
  it.each([
    [[], undefined],
    [[undefined, ''], undefined],
    [['Origin', 'Accept, Authorization'], 'Origin, Accept, Authorization'],
    [['origin,accept', 'Origin, Accept, X-Tenant'], 'origin, accept, X-Tenant'],
    [['Origin', '*'], '*'],
  ])('of %j is %j', (reasons, together) => {
    expect(varyOn(...reasons)).toBe(together);
  });
});
