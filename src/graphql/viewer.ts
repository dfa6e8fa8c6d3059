import type { Role } from './roles.js';

/** Who asks. The anonymous viewer is one, too. */
export type Viewer =
  | { readonly kind: 'anonymous'; readonly role: null }
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly sessionId: string;
      readonly email: string;
      readonly name: string;
      /** In the tenant of the request. Null for somebody who belongs to others only. */
      readonly role: Role | null;
    };

export const anonymous: Viewer = { kind: 'anonymous', role: null };
