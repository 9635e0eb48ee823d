import { highestRole, type Role, type RoleGrants, roleAllows, roleIn } from "./role.ts";

/** What an API token may be limited to. A token has those it was made with, and never more than its owner may do at that moment. */
export const SCOPES = ["read", "documents:write", "fleet:write", "apply", "audit:read", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

export const SCOPE_MEANINGS: Record<Scope, string> = {
  read: "Sees policies, pipeline settings, destinations, collectors, revisions and live figures.",
  "documents:write": "Saves, renames, archives and restores policies, pipeline settings and destinations, and sets the price.",
  "fleet:write": "Changes groups, labels and overrides, records profiles, tries policies on live traffic, lets collectors go, and runs sample traffic.",
  apply: "Applies versions to collectors, asks for approval, approves, and breaks glass.",
  "audit:read": "Reads and downloads the audit.",
  admin: "Manages people, enrolment tokens, API tokens and webhooks.",
};

/** `session`: for people who are signed in, never for a token. `in`: where the role has to be held; `anyGroup`: in one group is enough. */
type Needs = { role: Role | "system"; scope: Scope | "session"; in?: "anyGroup" };

/**
 * What can be done, and what each needs: the one table that pages, tRPC and the HTTP API are ruled by, through the first line of every service.
 * `role` holds for people and for the owners of tokens; `system` is the control plane itself.
 */
export const OPERATIONS = {
  look: { role: "viewer", scope: "read" },
  readAudit: { role: "viewer", scope: "audit:read" },
  editDocuments: { role: "editor", scope: "documents:write", in: "anyGroup" },
  setPrice: { role: "editor", scope: "documents:write" },
  apply: { role: "editor", scope: "apply" },
  approve: { role: "approver", scope: "apply" },
  steerRollouts: { role: "approver", scope: "apply" },
  holdChanges: { role: "admin", scope: "apply" },
  breakGlass: { role: "editor", scope: "apply" },
  editFleet: { role: "editor", scope: "fleet:write" },
  tryPolicy: { role: "editor", scope: "fleet:write" },
  retireCollector: { role: "admin", scope: "fleet:write" },
  manageEnrolment: { role: "admin", scope: "admin" },
  manageWebhooks: { role: "admin", scope: "admin" },
  managePeople: { role: "admin", scope: "admin" },
  manageSignOn: { role: "admin", scope: "session" },
  ownAccount: { role: "viewer", scope: "session" },
  ownDrafts: { role: "editor", scope: "session", in: "anyGroup" },
  keepHouse: { role: "system", scope: "session" },
} as const satisfies Record<string, Needs>;
export type Operation = keyof typeof OPERATIONS;

/** Who asks: a person's role and what they were granted in single groups, and the scopes of the token that speaks for them; null for a session. */
export type Asker = { role: Role; grants: RoleGrants; scopes: readonly Scope[] | null };
/** Where it is to be done. `somewhere`: in some group or other, of which the service asks again once it knows which. */
export type Place = "everywhere" | "somewhere" | { groupId: string };
export type Refusal = { why: "session" } | { why: "scope"; missing: Scope } | { why: "role"; needed: Role } | { why: "system" };

/** Why `asker` may not do it there; null when they may. */
export function refusalOf({ role, grants, scopes }: Asker, operation: Operation, place: Place = "everywhere"): Refusal | null {
  const needs: Needs = OPERATIONS[operation];
  if (needs.role === "system") return { why: "system" };
  if (scopes !== null && needs.scope === "session") return { why: "session" };
  if (scopes !== null && needs.scope !== "session" && !scopes.includes(needs.scope)) return { why: "scope", missing: needs.scope };
  const held = needs.in === "anyGroup" ? highestRole(role, grants) : roleAt(role, grants, place);
  return roleAllows(held, needs.role) ? null : { why: "role", needed: needs.role };
}

function roleAt(role: Role, grants: RoleGrants, place: Place): Role {
  if (place === "everywhere") return role;
  return place === "somewhere" ? highestRole(role, grants) : roleIn(role, grants, place.groupId);
}

/** The scopes that are of any use to somebody whose highest role it is. */
export function scopesWithin(role: Role): Scope[] {
  const operations = Object.values<Needs>(OPERATIONS);
  return SCOPES.filter((scope) => operations.some((needs) => needs.scope === scope && needs.role !== "system" && roleAllows(role, needs.role)));
}
