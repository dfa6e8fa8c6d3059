import { expect, it } from 'vitest';
import { errorsDocument } from './errors-doc.js';

it('docs/errors.md lists every code with its remedy', async () => {
  await expect(errorsDocument()).toMatchFileSnapshot('../../docs/errors.md');
});
