/**
 * What a person may do: a viewer reads, an editor changes documents and applies them, an approver also says yes to what others want to apply, an admin
 * also manages people, tokens and collectors. Each includes the ones before it.
 */
export const ROLES = ["viewer", "editor", "approver", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Roles that a person has in single groups besides the one that holds everywhere, by the group's id. */
export type RoleGrants = Readonly<Record<string, Role>>;
/** An admin is one everywhere or not at all: people and tokens belong to no group. */
export const GRANTED_ROLES = ["editor", "approver"] as const satisfies readonly Role[];

/** True when `role` includes everything that `needed` may do. */
export function roleAllows(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** The higher of what holds everywhere and what was granted in that group: a grant never takes anything away. */
export function roleIn(role: Role, grants: RoleGrants, groupId: string): Role {
  return Object.hasOwn(grants, groupId) ? higher(role, grants[groupId]) : role;
}

/** The highest role that the person has anywhere. */
export function highestRole(role: Role, grants: RoleGrants): Role {
  return Object.values(grants).reduce(higher, role);
}

function higher(one: Role, other: Role): Role {
  return roleAllows(one, other) ? one : other;
}
