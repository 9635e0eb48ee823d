import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readIdentity, roleOfClaims } from "./readIdentity.ts";
import { ROLES, roleAllows } from "./role.ts";

const settings = { domains: ["example.org"], roles: null, defaultRole: "viewer" as const };
const good = { sub: "1", email: "Ada@Example.org", email_verified: true, name: "Ada" };
const refusal = (claims: object, more: object = {}) => {
  const read = readIdentity({ ...good, ...claims }, { ...settings, ...more });
  return read.ok ? null : read.refusal;
};

describe("who a provider says it is", () => {
  it("is read with the address in lower case", () => {
    expect(readIdentity(good, settings)).toEqual({ ok: true, identity: { subject: "1", email: "ada@example.org", name: "Ada", role: null } });
  });

  it("needs an address that is verified, of a domain that is allowed, and a subject", () => {
    expect(refusal({ email: undefined })).toBe("email");
    expect(refusal({ email: "ada" })).toBe("email");
    expect(refusal({ email: ["ada@example.org"] })).toBe("email");
    expect(refusal({ email_verified: false })).toBe("unverified");
    expect(refusal({ email_verified: "false" })).toBe("unverified");
    expect(refusal({ email_verified: 1 })).toBe("unverified");
    expect(refusal({ email_verified: "true" })).toBeNull();
    expect(refusal({ email: "ada@evil-example.org" })).toBe("domain");
    expect(refusal({ email: "ada@sub.example.org" })).toBe("domain");
    expect(refusal({ email: "ada@evil.test" }, { domains: [] })).toBeNull();
    expect(refusal({ sub: undefined })).toBe("answer");
  });

  it("never lets in an address of a domain that is not allowed, whatever the claims", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("sub", "email", "email_verified", "name"), fc.anything()), (claims) => {
        const read = readIdentity(claims, settings);
        if (!read.ok) return;
        expect(read.identity.email).toMatch(/^[^@]+@example\.org$/);
        expect([true, "true"]).toContain(claims.email_verified);
      }),
    );
    const isAllowed = (email: string) => email.toLowerCase().endsWith("@example.org");
    fc.assert(fc.property(fc.emailAddress(), (email) => refusal({ email }) === (isAllowed(email) ? null : "domain")));
  });

  it("has a name of what is there, without control characters, at most 80 long", () => {
    const name = (claims: object) => {
      const read = readIdentity({ ...good, name: undefined, ...claims }, settings);
      return read.ok && read.identity.name;
    };
    expect(name({ name: " \u0000Ada\n" })).toBe("Ada");
    expect(name({ given_name: "Ada", family_name: "Lovelace" })).toBe("Ada Lovelace");
    expect(name({ name: "\u0000", preferred_username: "ada" })).toBe("ada");
    expect(name({})).toBe("ada@example.org");
    expect(name({ name: "x".repeat(500) })).toHaveLength(80);
  });
});

describe("the role that a claim gives", () => {
  const values = [
    { value: "sre", role: "editor" as const },
    { value: "leads", role: "admin" as const },
  ];

  it("is the highest of its values, from a list, a text or a path into objects", () => {
    expect(roleOfClaims({ groups: ["sre", "leads"] }, { claim: "groups", values })).toBe("admin");
    expect(roleOfClaims({ groups: "sre" }, { claim: "groups", values })).toBe("editor");
    expect(roleOfClaims({ realm_access: { roles: ["sre"] } }, { claim: "realm_access.roles", values })).toBe("editor");
    expect(roleOfClaims({ "https://example.org/groups": ["sre"] }, { claim: "https://example.org/groups", values })).toBe("editor");
    for (const groups of [undefined, null, 1, {}, ["SRE"], [["sre"]]]) expect(roleOfClaims({ groups }, { claim: "groups", values })).toBeNull();
    expect(roleOfClaims({}, { claim: "__proto__.constructor.name", values: [{ value: "Object", role: "admin" }] })).toBeNull();
  });

  it("is the default where no value gives one", () => {
    const read = readIdentity({ ...good, groups: [] }, { ...settings, roles: { claim: "groups", values } });
    expect(read.ok && read.identity.role).toBe("viewer");
  });

  it("never falls when a group is added", () => {
    const group = fc.constantFrom("a", "b", "c", "d");
    const rules = fc.array(fc.record({ value: group, role: fc.constantFrom(...ROLES) }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(rules, fc.array(group), group, (some, groups, more) => {
        const before = roleOfClaims({ groups }, { claim: "groups", values: some });
        const after = roleOfClaims({ groups: [...groups, more] }, { claim: "groups", values: some });
        expect(before === null || (after !== null && roleAllows(after, before))).toBe(true);
      }),
    );
  });
});
