import { expect, it } from 'vitest';
import { productIdOrNull } from './product-id.js';

it('the id of a product is a letter and nine digits', () => {
  expect(productIdOrNull('N205613001')).toBe('N205613001');
  for (const id of ['', 'n205613001', 'N20561300', 'N2056130010', 'N20561300\0']) expect(productIdOrNull(id)).toBeNull();
});
