import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { documentWeight } from '../cache/graphql/index.js';
import { DocumentStore } from './document-store.js';

it('C4 keeps documents from their second use on, as many as their bound has room for', async () => {
  const document = parse('{ a }');
  const store = new DocumentStore(3 * documentWeight(document));
  await store.set('once', document);
  expect(await store.get('once')).toBeUndefined();
  for (const key of ['a', 'b', 'c', 'd']) {
    await store.set(key, document);
    await store.set(key, document);
    await store.get('a');
  }
  const kept = await Promise.all(['a', 'b', 'c', 'd'].map((key) => store.get(key)));
  expect(kept.map((found) => found !== undefined)).toEqual([true, false, true, true]);
  await store.delete('a');
  expect(await store.get('a')).toBeUndefined();
  const large = parse(`{ ${'a '.repeat(1_000)} }`);
  for (let use = 0; use < 2; use++) await store.set('large', large);
  expect(await store.get('large')).toBeUndefined();
});
