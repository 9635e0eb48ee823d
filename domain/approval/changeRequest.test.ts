import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decisionProblem, GROUP_APPROVALS, needsApproval, REQUEST_STATES, requestState } from "./changeRequest.ts";

const state = fc.constantFrom(...REQUEST_STATES);
const person = fc.constantFrom("a", "b", "c");

describe("a request for approval", () => {
  it("is never decided on by whoever asked, whatever their role and wherever it stands", () =>
    fc.assert(
      fc.property(state, person, fc.boolean(), (state, id, mayApprove) => {
        expect(decisionProblem({ state, askedById: id }, { id, mayApprove })).not.toBeNull();
      }),
    ));

  it("is decided on while it is pending, by another person who may approve, and by nobody else", () =>
    fc.assert(
      fc.property(state, person, person, fc.boolean(), (state, askedById, id, mayApprove) => {
        const open = state === "pending" && askedById !== id && mayApprove;
        expect(decisionProblem({ state, askedById }, { id, mayApprove }) === null).toBe(open);
      }),
    ));

  it("once closed stays as it was closed; pending, it is so only on top of what it was asked on, and within its time", () =>
    fc.assert(
      fc.property(state, fc.nat(5), fc.nat(5), fc.nat(20), fc.nat(20), (state, baseRevision, current, expiresAtMs, nowMs) => {
        const now = requestState({ state, baseRevision, expiresAtMs }, current, nowMs);
        if (state !== "pending") expect(now).toBe(state);
        else expect(now === "pending").toBe(baseRevision === current && nowMs < expiresAtMs);
      }),
    ));
});

it("a group's own word on approval goes before what holds everywhere", () => {
  expect(GROUP_APPROVALS.map((word) => [needsApproval(false, word), needsApproval(true, word)])).toEqual([
    [false, true],
    [true, true],
    [false, false],
  ]);
});
