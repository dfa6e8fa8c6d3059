import { describe, expect, it } from 'vitest';
import type { Context, Tenant } from '../../graphql/context.js';
import { resolveLanguage } from '../../graphql/language.js';
import { categoriesIn, categoryName } from './category.service.js';

const tenant: Pick<Tenant, 'languages' | 'defaultLanguage'> = { languages: ['en', 'fr', 'de'], defaultLanguage: 'en' };
const tablets = { id: '1', slug: 'tablets', names: { en: 'Tablets', fr: 'Comprimés' }, sortOrder: 0 };

function context(accepted: readonly string[] = []): Context {
  const language = (argument?: string | null) => resolveLanguage(tenant, accepted, argument);
  return { tenant, language, load: () => ({ load: () => Promise.resolve([tablets]) }) } as unknown as Context;
}

describe('the name of a category', () => {
  it('is in the language of the argument, else of the parent field, else of the request', () => {
    const french = { ...tablets, language: 'fr' };
    expect(categoryName(context(['fr']), french, 'en')).toBe('Tablets');
    expect(categoryName(context(['en']), french, undefined)).toBe('Comprimés');
    expect(categoryName(context(['es', 'fr-CA']), tablets, null)).toBe('Comprimés');
    expect(categoryName(context(['es']), tablets, null)).toBe('Tablets');
  });

  it('falls back to the default language, then to the slug, where it has no name', () => {
    expect(categoryName(context(), tablets, 'de')).toBe('Tablets');
    expect(categoryName(context(), { ...tablets, names: {} }, 'de')).toBe('tablets');
  });

  it('is not given in a language that the tenant has not', () => {
    expect(() => categoryName(context(), tablets, 'es')).toThrow(/"es"/);
  });
});

describe('categories asked for in a language', () => {
  it('carry the tenant’s own spelling of it', async () => {
    expect(await categoriesIn(context(), 'fr-CA')).toEqual([{ ...tablets, language: 'fr' }]);
  });

  it('carry none when none was given, so that all languages share the rows', async () => {
    expect(await categoriesIn(context(['fr']), null)).toEqual([tablets]);
  });

  it('are refused in one that the tenant has not', async () => {
    await expect(categoriesIn(context(), 'es')).rejects.toThrow(/"es"/);
  });
});
