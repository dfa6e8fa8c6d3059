import { describe, expect, it } from 'vitest';
import { uuidOrNull } from './uuid.js';

describe('ids from outside', () => {
  it('are spelt as the database spells them, so that one row is one key and one tag', () => {
    expect(uuidOrNull('4B6E8E1E-6F0A-4C3A-9A43-0D6B1E1F7A55')).toBe('4b6e8e1e-6f0a-4c3a-9a43-0d6b1e1f7a55');
  });

  it.each(['', '1', '{4b6e8e1e-6f0a-4c3a-9a43-0d6b1e1f7a55}', '4b6e8e1e6f0a4c3a9a430d6b1e1f7a55', '4b6e8e1e-6f0a-4c3a-9a43-0d6b1e1f7a55\n'])(
    '%j is nobody’s id, though the database would take some of them',
    (id) => {
      expect(uuidOrNull(id)).toBeNull();
    },
  );
});
