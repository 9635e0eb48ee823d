import type { Role } from "#domain/auth/role.ts";
import { SIGN_ON_DEFAULT, type SignOnSettings, type SignOnSettingsInput } from "#domain/auth/signOnSettings.ts";

/** The settings as the form holds them: lists are texts. `clientSecret` null keeps the stored one. */
export type SignOnDraft = Omit<SignOnSettings, "domains" | "scopes" | "roles"> & {
  domains: string;
  scopes: string;
  rolesBy: "hand" | "claim";
  claim: string;
  values: { value: string; role: Role }[];
  clientSecret: string | null;
};

export function toDraft(settings: SignOnSettings | null, hasSecret: boolean): SignOnDraft {
  const { domains, scopes, roles, ...rest } = settings ?? SIGN_ON_DEFAULT;
  return {
    ...rest,
    domains: domains.join(", "),
    scopes: scopes.join(" "),
    rolesBy: roles === null ? "hand" : "claim",
    claim: roles?.claim ?? "groups",
    values: roles?.values ?? [{ value: "", role: "editor" }],
    clientSecret: hasSecret ? null : "",
  };
}

/** What the server is sent. Rows without a value are left out. */
export function toInput({ domains, scopes, rolesBy, claim, values, clientSecret, ...rest }: SignOnDraft): {
  settings: SignOnSettingsInput;
  clientSecret: string | null;
} {
  const roles = rolesBy === "hand" ? null : { claim, values: values.filter(({ value }) => value.trim() !== "") };
  return { settings: { ...rest, domains: words(domains), scopes: words(scopes), roles }, clientSecret };
}

function words(text: string): string[] {
  return text.split(/[\s,;]+/).filter((word) => word !== "");
}

/** Which field of the form a problem's path belongs to: `domains[1]` to domains, `roles.values[0].value` to roles. */
export function fieldOfProblem(path: string): string {
  return path.replace(/^settings\./, "").split(/[.[]/)[0];
}
