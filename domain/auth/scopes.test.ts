import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ROLES } from "./role.ts";
import { OPERATIONS, type Operation, refusalOf, SCOPE_MEANINGS, SCOPES, scopesWithin } from "./scopes.ts";

const operation = fc.constantFrom(...(Object.keys(OPERATIONS) as Operation[]));
const role = fc.constantFrom(...ROLES);
const scopes = fc.subarray([...SCOPES]);

describe("scopes", () => {
  it("never let a token do what its owner may not", () =>
    fc.assert(
      fc.property(role, scopes, operation, (role, scopes, operation) => {
        if (refusalOf({ role, grants: {}, scopes }, operation) === null) expect(refusalOf({ role, grants: {}, scopes: null }, operation)).toBeNull();
      }),
    ));

  it("never allow less when there are more of them, or when the owner's role is raised", () =>
    fc.assert(
      fc.property(role, role, scopes, scopes, operation, (one, other, scopes, more, operation) => {
        if (refusalOf({ role: one, grants: {}, scopes }, operation) !== null) return;
        expect(refusalOf({ role: one, grants: {}, scopes: [...scopes, ...more] }, operation)).toBeNull();
        if (ROLES.indexOf(other) >= ROLES.indexOf(one)) expect(refusalOf({ role: other, grants: {}, scopes }, operation)).toBeNull();
      }),
    ));

  it("name the one that is missing, and no other would do", () =>
    fc.assert(
      fc.property(role, scopes, operation, (role, scopes, operation) => {
        const refusal = refusalOf({ role, grants: {}, scopes }, operation);
        if (refusal?.why !== "scope") return;
        expect(scopes).not.toContain(refusal.missing);
        const others = SCOPES.filter((scope) => scope !== refusal.missing);
        expect(refusalOf({ role: "admin", grants: {}, scopes: others }, operation)).toEqual(refusal);
        expect(refusalOf({ role: "admin", grants: {}, scopes: [refusal.missing] }, operation)).toBeNull();
      }),
    ));

  it("don't reach what is for people who are signed in, nor what the control plane alone does", () => {
    expect(refusalOf({ role: "admin", grants: {}, scopes: SCOPES }, "ownAccount")).toEqual({ why: "session" });
    expect(refusalOf({ role: "admin", grants: {}, scopes: SCOPES }, "ownDrafts")).toEqual({ why: "session" });
    expect(refusalOf({ role: "admin", grants: {}, scopes: null }, "keepHouse")).toEqual({ why: "system" });
    expect(refusalOf({ role: "admin", grants: {}, scopes: SCOPES }, "keepHouse")).toEqual({ why: "system" });
  });

  it("are each explained, each needed by something, and each of use to an admin", () => {
    expect(Object.keys(SCOPE_MEANINGS)).toEqual([...SCOPES]);
    expect(scopesWithin("admin")).toEqual([...SCOPES]);
    expect(scopesWithin("viewer")).toEqual(["read", "audit:read"]);
  });
});
