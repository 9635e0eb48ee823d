/** What a person may do: a viewer reads, an editor changes documents and applies them, an admin also manages people, tokens and collectors. */
export const ROLES = ["viewer", "editor", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** True when `role` includes everything that `needed` may do. */
export function roleAllows(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
