import { describe, expect, it } from "vitest";
import { parseOrProblems } from "../validation/problems.ts";
import { SIGN_ON_REFUSALS, signOnRefusalInWords, toSignOnRefusal } from "./signOnRefusal.ts";
import { issuerProblem, SIGN_ON_DEFAULT, SIGN_ON_DOMAINS_MAX, SIGN_ON_ROLE_VALUES_MAX, signOnSettingsSchema } from "./signOnSettings.ts";

const good = { ...SIGN_ON_DEFAULT, issuer: "https://login.example.org/realms/main", clientId: "headgate" };
const paths = (more: object) => {
  const parsed = parseOrProblems(signOnSettingsSchema, { ...good, ...more });
  return parsed.ok ? [] : parsed.problems.map(({ path }) => path);
};

describe("settings of single sign-on", () => {
  it("take domains as people write them", () => {
    expect(signOnSettingsSchema.parse({ ...good, domains: [" @Example.ORG"] }).domains).toEqual(["example.org"]);
    expect(paths({ domains: ["example", "a b.org", "-x.org"] })).toEqual(["domains[0]", "domains[1]", "domains[2]"]);
  });

  it("want https, but for a provider on this machine", () => {
    for (const issuer of ["https://login.example.org", "http://127.0.0.1:9000", "http://localhost/x", "http://[::1]:1"])
      expect(issuerProblem(issuer)).toBeNull();
    for (const issuer of [
      "",
      "login.example.org",
      "ftp://x",
      "http://login.example.org",
      "https://a:b@x.org",
      "https://x.org/?a",
      "https://x.org/.well-known/openid-configuration",
    ])
      expect(issuerProblem(issuer), issuer).toEqual(expect.any(String));
  });

  it("refuse what would lock everybody out or let anybody in", () => {
    expect(paths({ enabled: false, passwords: "off" })).toEqual(["passwords"]);
    expect(paths({ issuer: "https://accounts.google.com", newPeople: "anybody" })).toEqual(["domains"]);
    expect(paths({ issuer: "https://accounts.google.com", newPeople: "anybody", domains: ["example.org"] })).toEqual([]);
    expect(paths({ defaultRole: "admin" })).toEqual(["defaultRole"]);
  });

  it("have bounds", () => {
    expect(paths({ domains: Array.from({ length: SIGN_ON_DOMAINS_MAX + 1 }, (_, index) => `d${index}.org`) })).toEqual(["domains"]);
    const values = Array.from({ length: SIGN_ON_ROLE_VALUES_MAX + 1 }, (_, index) => ({ value: `g${index}`, role: "viewer" }));
    expect(paths({ roles: { claim: "groups", values } })).toEqual(["roles.values"]);
    expect(paths({ roles: { claim: "groups", values: [] } })).toEqual(["roles.values"]);
    expect(paths({ scopes: ["a b"] })).toEqual(["scopes[0]"]);
  });
});

describe("a refusal", () => {
  it("says what happened and what to do, each in its own words", () => {
    const sentences = SIGN_ON_REFUSALS.map((refusal) => signOnRefusalInWords(refusal, "Acme"));
    expect(new Set(sentences).size).toBe(SIGN_ON_REFUSALS.length);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].+\. .+\.$/);
  });

  it("is read from an address only as one that is known", () => {
    expect(toSignOnRefusal("nonce")).toBe("nonce");
    for (const text of [null, "", "NONCE", "<b>"]) expect(toSignOnRefusal(text)).toBeNull();
  });
});
