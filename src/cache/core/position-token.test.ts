import { describe, expect, it } from 'vitest';
import { LedgerCopy } from './ledger.js';
import { BYPASS, covers, positionToken } from './position-token.js';

const epoch = '0bdcd491-0f4e-4388-adc8-d666bb331f44';
const copyAt = (position: number): LedgerCopy => {
  const copy = new LedgerCopy(epoch);
  copy.advance(position);
  return copy;
};

describe('F3 a position token', () => {
  it('is covered by a copy that is there, or further', () => {
    const token = positionToken({ epoch, position: 7 });
    expect(token).toBe(`${epoch}:7`);
    expect([6, 7, 8].map((position) => covers(copyAt(position), token))).toEqual([false, true, true]);
  });

  it.each([
    ['of another epoch', '1bdcd491-0f4e-4388-adc8-d666bb331f44:1'],
    ['of a pending invalidation', BYPASS],
    ['without a position', `${epoch}:`],
    ['with a negative position', `${epoch}:-1`],
    ['with a position that is no number', `${epoch}:1e1`],
    ['with too large a position', `${epoch}:99999999999999999`],
    ['with more behind it', `${epoch}:1 `],
    ['of an epoch that is none', `${'g'.repeat(36)}:1`],
    ['that is empty', ''],
  ])('%s is not covered', (_, token) => {
    expect(covers(copyAt(100), token)).toBe(false);
  });
});
