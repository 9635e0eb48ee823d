import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GRANTED_ROLES, highestRole, ROLES, roleAllows, roleIn } from "./role.ts";
import { OPERATIONS, type Operation, refusalOf, SCOPES } from "./scopes.ts";

const role = fc.constantFrom(...ROLES);
const group = fc.constantFrom("default", "eu", "us", "__proto__");
const grants = fc.dictionary(group, fc.constantFrom(...GRANTED_ROLES));
const scopes = fc.option(fc.subarray([...SCOPES]));
const operation = fc.constantFrom(...(Object.keys(OPERATIONS) as Operation[]));
const place = fc.oneof(fc.constant("everywhere" as const), fc.constant("somewhere" as const), fc.record({ groupId: group }));

describe("roles", () => {
  it("include each other in one order", () =>
    fc.assert(
      fc.property(role, role, role, (a, b, c) => {
        expect(roleAllows(a, a)).toBe(true);
        expect(roleAllows(a, b) || roleAllows(b, a)).toBe(true);
        if (roleAllows(a, b) && roleAllows(b, c)) expect(roleAllows(a, c)).toBe(true);
      }),
    ));

  it("with more of them, never allow less", () =>
    fc.assert(
      fc.property(role, role, grants, scopes, operation, place, (one, other, grants, scopes, operation, place) => {
        const [less, more] = roleAllows(one, other) ? [other, one] : [one, other];
        if (refusalOf({ role: less, grants, scopes }, operation, place) === null)
          expect(refusalOf({ role: more, grants, scopes }, operation, place)).toBeNull();
      }),
    ));

  it("are never lowered by a grant, in any group", () =>
    fc.assert(
      fc.property(role, grants, grants, group, (role, grants, more, groupId) => {
        expect(roleAllows(roleIn(role, grants, groupId), role)).toBe(true);
        expect(roleAllows(highestRole(role, grants), roleIn(role, grants, groupId))).toBe(true);
        expect(roleAllows(highestRole(role, { ...more, ...grants }), highestRole(role, grants))).toBe(true);
      }),
    ));

  it("that are granted in one group allow nothing in another, but for what one group is enough for", () =>
    fc.assert(
      fc.property(
        role,
        fc.constantFrom(...GRANTED_ROLES),
        scopes,
        operation.filter((one) => !("in" in OPERATIONS[one])),
        (role, granted, scopes, operation) => {
          const without = refusalOf({ role, grants: {}, scopes }, operation, { groupId: "us" });
          expect(refusalOf({ role, grants: { eu: granted }, scopes }, operation, { groupId: "us" })).toEqual(without);
        },
      ),
    ));

  it("ask for no less everywhere than in a group, and no less there than somewhere", () =>
    fc.assert(
      fc.property(role, grants, scopes, operation, group, (role, grants, scopes, operation, groupId) => {
        const asker = { role, grants, scopes };
        if (refusalOf(asker, operation) === null) expect(refusalOf(asker, operation, { groupId })).toBeNull();
        if (refusalOf(asker, operation, { groupId }) === null) expect(refusalOf(asker, operation, "somewhere")).toBeNull();
      }),
    ));

  it("in one group let a person save documents, and apply them there", () => {
    const asker = { role: "viewer" as const, grants: { eu: "editor" as const }, scopes: null };
    expect(refusalOf(asker, "editDocuments")).toBeNull();
    expect(refusalOf(asker, "ownDrafts")).toBeNull();
    expect(refusalOf(asker, "apply", { groupId: "eu" })).toBeNull();
    expect(refusalOf(asker, "apply", { groupId: "us" })).toEqual({ why: "role", needed: "editor" });
    expect(refusalOf(asker, "apply")).toEqual({ why: "role", needed: "editor" });
    expect(refusalOf(asker, "approve", { groupId: "eu" })).toEqual({ why: "role", needed: "approver" });
    expect(refusalOf(asker, "managePeople", "somewhere")).toEqual({ why: "role", needed: "admin" });
  });
});
