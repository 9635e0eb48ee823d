import { ROLES, type Role } from "#domain/auth/role.ts";

/** A role column as a role. Whatever isn't known may only read. */
export function toRole(text: unknown): Role {
  return ROLES.find((role) => role === text) ?? "viewer";
}
