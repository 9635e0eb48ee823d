import { GRANTED_ROLES, type Role, type RoleGrants } from "#domain/auth/role.ts";

export type GrantedRole = (typeof GRANTED_ROLES)[number];

/** The grants with one more, another or one less. */
export function withGrant(grants: RoleGrants, groupId: string, role: GrantedRole | null): RoleGrants {
  const { [groupId]: _, ...others } = grants;
  return role === null ? others : { ...others, [groupId]: role };
}

/** As the server takes them. */
export function grantable(grants: RoleGrants): Record<string, GrantedRole> {
  return Object.fromEntries(Object.entries(grants).flatMap(([groupId, role]) => (isGranted(role) ? [[groupId, role]] : [])));
}

export function isGranted(role: Role | undefined): role is GrantedRole {
  return GRANTED_ROLES.some((one) => one === role);
}
