import type { WriteRequest } from './requests.js';

export type Request = Pick<WriteRequest, 'query' | 'variables' | 'tenant'>;

/** What is done to a tenant, one write after the other, and what is read after each. */
export interface Workload {
  readonly name: string;
  readonly tenant: string;
  readonly reads: readonly Request[];
  readonly write: (turn: number) => Request;
}
