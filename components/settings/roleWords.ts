import type { Role } from "#domain/auth/role.ts";

export const ROLE_OPTIONS: readonly { value: Role; label: string }[] = [
  { value: "viewer", label: "viewer" },
  { value: "editor", label: "editor" },
  { value: "approver", label: "approver" },
  { value: "admin", label: "admin" },
];

export const ROLE_MEANINGS: Record<Role, string> = {
  viewer: "Sees everything, changes nothing.",
  editor: "Changes and applies policies, destinations and the price.",
  approver: "Also approves what others want to apply.",
  admin: "Also manages people, tokens and collectors.",
};
