import { type Role, roleAllows } from "./role.ts";
import type { SignOnRefusal } from "./signOnRefusal.ts";
import type { SignOnSettings } from "./signOnSettings.ts";

export type Claims = { readonly [name: string]: unknown };

/** Who the provider says it is. `role` is null where the provider has no say in roles. */
export type SignOnIdentity = { subject: string; email: string; name: string; role: Role | null };
export type ReadIdentity = { ok: true; identity: SignOnIdentity } | { ok: false; refusal: SignOnRefusal; email: string | null };

const NAME_MAX = 80;
const EMAIL_MAX = 254;
const CLAIM_VALUES_MAX = 5_000;

/** Reads verified claims by the settings. An e-mail address counts only where the provider says that it has verified it. */
export function readIdentity(claims: Claims, { domains, roles, defaultRole }: Pick<SignOnSettings, "domains" | "roles" | "defaultRole">): ReadIdentity {
  const email = typeof claims.email === "string" ? claims.email.trim().toLowerCase() : "";
  if (!/^[^\s@]+@[^\s@]+$/.test(email) || email.length > EMAIL_MAX) return { ok: false, refusal: "email", email: null };
  if (claims.email_verified !== true && claims.email_verified !== "true") return { ok: false, refusal: "unverified", email };
  const domain = email.slice(email.lastIndexOf("@") + 1);
  if (domains.length > 0 && !domains.includes(domain)) return { ok: false, refusal: "domain", email };
  if (typeof claims.sub !== "string" || claims.sub === "") return { ok: false, refusal: "answer", email };
  const role = roles && (roleOfClaims(claims, roles) ?? defaultRole);
  return { ok: true, identity: { subject: claims.sub, email, name: nameOf(claims, email), role } };
}

/** The highest role that a value of the claim gives; null when none does. */
export function roleOfClaims(claims: Claims, { claim, values }: NonNullable<SignOnSettings["roles"]>): Role | null {
  const held = new Set(claimValues(claims, claim));
  const given = values.filter(({ value }) => held.has(value)).map(({ role }) => role);
  return given.reduce<Role | null>((highest, role) => (highest === null || roleAllows(role, highest) ? role : highest), null);
}

/** The texts under a claim: `groups`, or a path into objects such as `realm_access.roles`. A name that is there as it stands comes first. */
function claimValues(claims: Claims, claim: string): string[] {
  const found = Object.hasOwn(claims, claim) ? claims[claim] : at(claims, claim.split("."));
  const list: unknown[] = Array.isArray(found) ? found.slice(0, CLAIM_VALUES_MAX) : [found];
  return list.filter((value) => typeof value === "string");
}

function at(value: unknown, path: readonly string[]): unknown {
  let here = value;
  for (const name of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Claims)[name];
  }
  return here;
}

function nameOf({ name, given_name: given, family_name: family, preferred_username: user }: Claims, email: string): string {
  const joined = [given, family].filter((part) => typeof part === "string").join(" ");
  for (const text of [name, joined, user]) {
    const cleaned =
      typeof text === "string"
        ? text
            .replace(/\p{Cc}/gu, "")
            .trim()
            .slice(0, NAME_MAX)
        : "";
    if (cleaned !== "") return cleaned;
  }
  return email.slice(0, NAME_MAX);
}

/** Whether a claim of the settings is missing, so that it is worth asking the provider for more. */
export function lacksClaims(claims: Claims, { roles }: Pick<SignOnSettings, "roles">): boolean {
  if (claims.email === undefined || claims.email_verified === undefined || claims.name === undefined) return true;
  return roles !== null && claimValues(claims, roles.claim).length === 0;
}
