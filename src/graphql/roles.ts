/** What a viewer may do, weakest first; each may do what those before it may. `null` stands for everybody. */
export const roles = ['STAFF', 'TENANT_ADMIN', 'PLATFORM_ADMIN'] as const;
export type Role = (typeof roles)[number];

/** Whether a viewer with one role may do what another role is required for. */
export function suffices(has: Role | null, required: Role): boolean {
  return has !== null && roles.indexOf(has) >= roles.indexOf(required);
}
