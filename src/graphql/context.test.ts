import { describe, expect, it } from 'vitest';
import { Collector, GLOBAL, partition, tags, type Reader } from '../cache/index.js';
import { Context, type ContextParts, type ReadDb, type Tenant } from './context.js';
import { anonymous } from './viewer.js';
import { WriteLog } from './write-log.js';

const tenant: Tenant = { id: 'a', slug: 'downtown', name: 'Downtown', languages: ['en', 'fr'], defaultLanguage: 'en', currency: 'USD' };

function contextWith(changes: Partial<ContextParts>) {
  const collector = new Collector(partition('a'));
  const reader = { collector, partition: null } as unknown as Reader<ReadDb>;
  const transaction = () => Promise.reject(new Error('no transaction is expected'));
  const parts = { tenant, viewer: anonymous, acceptedLanguages: ['fr'], reader, transaction, writes: new WriteLog() };
  return { collector, context: new Context({ ...parts, ...changes }) };
}

const tenantRequired = expect.objectContaining({ extensions: { code: 'TENANT_REQUIRED' } }) as Error;

describe('a context', () => {
  it('makes depend on the tenant’s row whatever is made of it: settings change', () => {
    for (const use of [(context: Context) => context.tenant.currency, (context: Context) => context.language()]) {
      const { context, collector } = contextWith({});
      expect(collector.tags).toEqual([]);
      use(context);
      expect(collector.tags).toEqual([tags.row(GLOBAL, 'tenants', 'a'), tags.everyRow(GLOBAL, 'tenants')]);
      expect(collector.notStorable).toBeNull();
    }
  });

  it('finds the language for a key without depending on the row: it is found anew with every key', () => {
    const { context, collector } = contextWith({});
    expect([context.languageOfKey(null), context.languageOfKey('en')]).toEqual(['fr', 'en']);
    expect(collector.tags).toEqual([]);
    expect(contextWith({ tenant: null }).context.languageOfKey('en')).toBeNull();
  });

  it('of no tenant says so to whoever needs one', async () => {
    const { context } = contextWith({ tenant: null });
    expect(context.tenantOrNull).toBeNull();
    expect(() => context.tenant).toThrow(tenantRequired);
    expect(() => context.load({ name: 'things', partition: 'own', bind: () => null })).toThrow(tenantRequired);
    await expect(context.transaction('tenant', () => Promise.resolve())).rejects.toEqual(tenantRequired);
  });

  it('P1: answers who asks for the viewer inside what all viewers share, and forbids to store it', () => {
    const { context, collector } = contextWith({});
    const { reader } = context;
    expect(context.within(reader, { shared: false, scope: 'PRIVATE' }).viewer).toBe(anonymous);
    expect(collector.notStorable).toBeNull();
    expect(context.within(reader, { shared: false, scope: 'PUBLIC' }).mayDo('STAFF')).toBe(false);
    expect(collector.notStorable).toBeNull();
    expect(context.within(reader, { shared: false, scope: 'PUBLIC' }).within(reader, { shared: false, scope: 'PRIVATE' }).viewer).toBe(anonymous);
    expect(collector.notStorable).toContain('PUBLIC');
  });

  it('P2: answers who asks for the tenant inside what all tenants share, and forbids to store it', () => {
    const { context, collector } = contextWith({});
    expect(context.within(context.reader, { shared: true, scope: 'PUBLIC' }).language()).toBe('fr');
    expect(collector.notStorable).toContain('shared by all');
  });
});
