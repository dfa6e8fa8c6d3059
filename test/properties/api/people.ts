import { eq, sql } from 'drizzle-orm';
import { schema } from '../../../src/database/schema.js';
import type { MarkedTenant } from '../../flow/isolation/marked-tenants.js';
import type { Choices } from '../choices.js';
import type { Api } from './two-apis.js';

export interface Person {
  readonly email: string;
  /** Null for the administrator of all. */
  readonly tenant: MarkedTenant | null;
  readonly isStaff: boolean;
  /** A word of the person's name that is nowhere else. */
  readonly marker: string;
  token: string;
}

/** Who asks, and how. */
export interface Asker {
  readonly person: Person | null;
  readonly tenant: MarkedTenant | null;
  readonly language: string | undefined;
}

const PLATFORM_ADMIN = 'platform@larder.example';

/** Signs everybody in, under a name that shows in whatever tells of them. */
export async function markPeople({ app, client }: Api, tenants: readonly MarkedTenant[]): Promise<readonly Person[]> {
  const all = [
    ...tenants.flatMap((tenant) => [
      { email: tenant.staff, tenant, isStaff: true },
      { email: tenant.admin, tenant, isStaff: false },
    ]),
    { email: PLATFORM_ADMIN, tenant: null, isStaff: false },
  ];
  const people: Person[] = [];
  for (const [at, one] of all.entries()) {
    const marker = `markperson${at}x`;
    const { users } = schema;
    await app.write('platform', (tx) => tx.update(users).set({ name: sql`${users.name} || ${` ${marker}`}::text` }).where(eq(users.email, one.email)));
    people.push({ ...one, marker, token: await client.signIn(one.email) });
  }
  return people;
}

const LANGUAGES = [undefined, 'en', 'fr', 'de', 'de-CH, en;q=0.5', 'xx'];

/** Whoever may ask for it, more often than others. @param required roles. */
export function anyAsker(choices: Choices, required: ReadonlySet<string>, { people, tenants }: { readonly people: readonly Person[]; readonly tenants: readonly MarkedTenant[] }): Asker {
  const able = choices.chance(0.7) ? [null, ...people].filter((one) => [...required].every((role) => mayBe(one, role))) : [null, ...people];
  const person = choices.pick(able);
  const own = person?.tenant ?? choices.pick(tenants);
  const tenant = choices.chance(0.85) ? own : choices.pick([null, ...tenants]);
  return { person, tenant, language: choices.pick(LANGUAGES) };
}

function mayBe(person: Person | null, role: string): boolean {
  if (person === null || person.tenant === null) return person !== null;
  return role === 'STAFF' || (role === 'TENANT_ADMIN' && !person.isStaff);
}

/**
 * Words that must not be in the reply: markers of a tenant that is neither asked nor, in what a viewer asks of themselves,
 * the viewer's own; and of other people, where one may not see them.
 */
export function foreignMarkers({ person, tenant }: Asker, asked: ReadonlySet<string>, known: { readonly people: readonly Person[]; readonly tenants: readonly MarkedTenant[]; readonly promoted: ReadonlySet<string> }): readonly string[] {
  const isPlatform = person !== null && person.tenant === null;
  if (isPlatform && asked.has('tenants')) return [];
  // Who belongs to one tenant alone need not name it.
  const visible = new Set([tenant ?? person?.tenant, asked.has('viewer') ? person?.tenant : undefined]);
  const ofTenants = known.tenants.filter((one) => !visible.has(one)).map(({ marker }) => marker);
  const maySeePeople = person !== null && (!person.isStaff || known.promoted.has(person.email));
  const ofPeople = known.people.filter((one) => one !== person && !(maySeePeople && (one.tenant === tenant || one.tenant === person.tenant))).map(({ marker }) => marker);
  return [...ofTenants, ...ofPeople];
}
