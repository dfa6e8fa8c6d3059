import { serverAudits } from 'graphql-http';

/** What GraphQL over HTTP says of one server: how many audits passed, and which did not. */
export interface AuditReport {
  readonly passed: number;
  /** `notice`: it MAY; `warn`: it SHOULD; `error`: it MUST. */
  readonly notice: readonly string[];
  readonly warn: readonly string[];
  readonly error: readonly string[];
}

/** One audit after the other, so that a busy machine does not fail them. */
export async function auditHttp(url: string): Promise<AuditReport> {
  const report = { passed: 0, notice: [] as string[], warn: [] as string[], error: [] as string[] };
  for (const audit of serverAudits({ url, fetchFn: fetch })) {
    const result = await audit.fn();
    if (result.status === 'ok') report.passed++;
    else report[result.status].push(`${result.id} ${result.name}: ${result.reason}`);
  }
  return report;
}

export function countsOf({ passed, notice, warn, error }: AuditReport): string {
  return `${passed} passed, ${notice.length} notices, ${warn.length} warnings, ${error.length} errors`;
}
