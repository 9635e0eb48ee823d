import { describe, expect, it } from "vitest";
import { asPolicy } from "../draft/asPolicy.ts";
import { draftFromPolicy } from "../draft/draftPolicy.ts";
import { editPolicy, type PolicyEdit } from "../draft/editPolicy.ts";
import { TEMPLATES } from "../templates.ts";
import { tierChanges } from "./tierChanges.ts";

const base = TEMPLATES[0].body;
const start = draftFromPolicy(base);
const changes = (...edits: PolicyEdit[]) => tierChanges(asPolicy(edits.reduce(editPolicy, start)), base);
const states = (...edits: PolicyEdit[]) => changes(...edits).map((change) => change.state);

describe("tierChanges", () => {
  it("finds nothing in a draft that nobody touched", () => {
    expect(states()).toEqual(["same", "same", "same", "same"]);
  });

  it("marks a tier whose ratio changed and says what it was, also while the new one is wrong", () => {
    expect(changes({ kind: "keep", tierId: start.tiers[2].id, percent: "25" })[2]).toEqual({ state: "changed", baseKeep: { kind: "ratio", ratio: 0.5 } });
    expect(changes({ kind: "keep", tierId: start.tiers[2].id, percent: "a lot" })[2]).toEqual({ state: "changed", baseKeep: { kind: "ratio", ratio: 0.5 } });
  });

  it("marks a tier that is given a budget, and takes the mark away when it gets its share back", () => {
    const budget: PolicyEdit = { kind: "keepKind", tierId: start.tiers[2].id, to: "budget" };
    expect(changes(budget)[2]).toEqual({ state: "changed", baseKeep: { kind: "ratio", ratio: 0.5 } });
    expect(changes(budget, { ...budget, to: "ratio" })[2].state).toBe("same");
  });

  it("takes 1.0 for 1", () => {
    expect(states({ kind: "keep", tierId: start.tiers[3].id, percent: "1.0" })).toEqual(["same", "same", "same", "same"]);
  });

  it("marks new tiers and the one that was moved, not those that merely follow", () => {
    expect(states({ kind: "addTier" })).toEqual(["same", "same", "same", "new", "same"]);
    expect(states({ kind: "moveTier", tierId: start.tiers[0].id, to: 1 }).filter((state) => state === "moved")).toHaveLength(1);
    expect(states({ kind: "removeTier", tierId: start.tiers[0].id })).toEqual(["same", "same", "same"]);
  });
});
