import { z } from "zod";
import { ROLES } from "./role.ts";

export const SIGN_ON_DOMAINS_MAX = 50;
export const SIGN_ON_ROLE_VALUES_MAX = 100;
export const SIGN_ON_SCOPES_MAX = 10;

/** Providers that know everybody in the world: letting their people in without naming domains would let in anybody. */
const PUBLIC_ISSUER_HOSTS = new Set(["accounts.google.com", "gitlab.com", "appleid.apple.com", "login.yahoo.com", "www.linkedin.com"]);
const LOOPBACK_HOSTS = new Set(["127.0.0.1", "[::1]", "localhost"]);

const issuer = z
  .string("must be a URL")
  .max(500, "must have at most 500 characters")
  .superRefine((value, ctx) => {
    const problem = issuerProblem(value);
    if (problem) ctx.addIssue({ code: "custom", message: problem });
  });

const domain = z
  .string("must be a text")
  .transform((value) => value.trim().toLowerCase().replace(/^@/, ""))
  .pipe(z.string().regex(/^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/, "must be a domain such as example.org"));

const role = z.enum(ROLES, `must be one of ${ROLES.join(", ")}`);

const roleRules = z.strictObject({
  claim: z.string("must be a text").trim().min(1, "must name a claim, such as groups").max(200, "must have at most 200 characters"),
  values: z
    .array(z.strictObject({ value: z.string("must be a text").trim().min(1, "must not be empty").max(200, "must have at most 200 characters"), role }))
    .min(1, "must have at least one value, or turn it off")
    .max(SIGN_ON_ROLE_VALUES_MAX, `must have at most ${SIGN_ON_ROLE_VALUES_MAX} values`),
});

/** How people sign in by OpenID Connect. The client secret is kept apart, sealed. */
export const signOnSettingsSchema = z
  .strictObject({
    enabled: z.boolean("must be true or false"),
    issuer,
    clientId: z.string("must be a text").trim().min(1, "must not be empty").max(255, "must have at most 255 characters"),
    /** The button says "Sign in with …". */
    label: z.string("must be a text").trim().min(1, "must not be empty").max(40, "must have at most 40 characters"),
    /** Asked for besides openid, email and profile. */
    scopes: z
      .array(z.string("must be a text").regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, "must be a scope: no spaces, no quotes"))
      .max(SIGN_ON_SCOPES_MAX, `must have at most ${SIGN_ON_SCOPES_MAX} scopes`),
    /** Of e-mail addresses that may come in; empty: all. */
    domains: z.array(domain).max(SIGN_ON_DOMAINS_MAX, `must have at most ${SIGN_ON_DOMAINS_MAX} domains`),
    newPeople: z.enum(["invited", "anybody"], "must be invited or anybody"),
    defaultRole: role.refine((value) => value !== "admin", "must not be admin: name admins by a claim, or under People"),
    /** Null: roles are set under People. Else the provider decides, anew at each sign-in. */
    roles: roleRules.nullable(),
    passwords: z.enum(["on", "off"], "must be on or off"),
  })
  .superRefine((settings, ctx) => {
    if (settings.passwords === "off" && !settings.enabled)
      ctx.addIssue({ code: "custom", path: ["passwords"], message: "must be on while single sign-on is off, or nobody could sign in" });
    if (settings.newPeople === "anybody" && settings.domains.length === 0 && isPublicIssuer(settings.issuer))
      ctx.addIssue({ code: "custom", path: ["domains"], message: "must name at least one domain: this provider knows everybody, and everybody would get in" });
  });

export type SignOnSettings = z.infer<typeof signOnSettingsSchema>;
export type SignOnSettingsInput = z.input<typeof signOnSettingsSchema>;

/** What a form starts with: nothing is on, nobody new gets in. */
export const SIGN_ON_DEFAULT: SignOnSettings = {
  enabled: true,
  issuer: "",
  clientId: "",
  label: "single sign-on",
  scopes: [],
  domains: [],
  newPeople: "invited",
  defaultRole: "viewer",
  roles: null,
  passwords: "on",
};

/** Plain http is for a provider on this machine only: the client secret and the tokens go that way. */
export function issuerProblem(value: string): string | null {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === "") return "must be a URL such as https://login.example.org";
  if (url.protocol === "http:" && !LOOPBACK_HOSTS.has(url.hostname)) return "must begin with https://; plain http is taken from this machine alone";
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") return "must have no user name, no ? and no #";
  return url.pathname.includes("/.well-known/") ? "must be the issuer alone, without /.well-known/…" : null;
}

function isPublicIssuer(value: string): boolean {
  return URL.canParse(value) && PUBLIC_ISSUER_HOSTS.has(new URL(value).hostname);
}
