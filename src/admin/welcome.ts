import { DEMO_ACCOUNTS, DEMO_PASSWORD, DEMO_TENANTS } from '../database/seed/demo-accounts.js';

export interface Welcome {
  readonly url: string;
  /** Whether the demo accounts are there. */
  readonly demo: boolean;
  readonly graphiql: boolean;
}

/** What somebody who has just started the service needs to know to use it. */
export function welcome({ url, demo, graphiql }: Welcome): string {
  const lines = ['', `  Larder answers at ${url}/graphql`];
  if (graphiql) lines.push(`  GraphiQL with example queries: open ${url}/graphql in a browser`);
  if (demo) {
    const [tenant] = DEMO_TENANTS;
    lines.push('', `  Demo accounts, all with the password ${DEMO_PASSWORD}:`, ...DEMO_ACCOUNTS.map(({ email, name }) => `    ${email.padEnd(28)} ${name}`));
    lines.push('', '  A first query:', '', ...firstQuery(url, tenant?.slug ?? ''));
  }
  return `${lines.join('\n')}\n\n`;
}

function firstQuery(url: string, slug: string): string[] {
  return [
    `    curl ${url}/graphql -H 'content-type: application/json' -H 'x-tenant: ${slug}' \\`,
    `      -d '{"query":"{ topMedicines(first: 3) { name price { amount currency } category { name } } }"}'`,
  ];
}
