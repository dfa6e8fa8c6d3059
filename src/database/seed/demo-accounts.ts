import { derivedId } from './derived-id.js';

/** Everyone's, on purpose: these accounts exist for trying things out and are refused in production. */
export const DEMO_PASSWORD = 'larder-demo';

export interface DemoTenant {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly defaultLanguage: 'en' | 'de';
  readonly languages: readonly ('en' | 'fr' | 'de')[];
  readonly currency: string;
  /** How this tenant's prices relate to those of the other. */
  readonly priceLevel: number;
}

export const DEMO_TENANTS: readonly DemoTenant[] = [
  {
    id: derivedId('tenant', 'downtown'),
    slug: 'downtown',
    name: 'Downtown Pharmacy',
    defaultLanguage: 'en',
    languages: ['en', 'fr'],
    currency: 'USD',
    priceLevel: 1,
  },
  {
    id: derivedId('tenant', 'riverside'),
    slug: 'riverside',
    name: 'Riverside Apotheke',
    defaultLanguage: 'de',
    languages: ['de', 'en'],
    currency: 'EUR',
    priceLevel: 0.9,
  },
];

export interface DemoAccount {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Where it works; null for the platform's administrator. */
  readonly membership: { readonly tenantId: string; readonly role: 'STAFF' | 'TENANT_ADMIN' } | null;
}

export const DEMO_ACCOUNTS: readonly DemoAccount[] = [
  ...DEMO_TENANTS.flatMap(({ id, slug, name }) => [
    account(`staff@${slug}.example`, `${name} staff`, { tenantId: id, role: 'STAFF' }),
    account(`admin@${slug}.example`, `${name} administrator`, { tenantId: id, role: 'TENANT_ADMIN' }),
  ]),
  account('platform@larder.example', 'Platform administrator', null),
];

function account(email: string, name: string, membership: DemoAccount['membership']): DemoAccount {
  return { id: derivedId('user', email), email, name, membership };
}
