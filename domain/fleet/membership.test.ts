import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectiveLabels, LABELS_MAX, labelEdits, labelsSchema } from "./labels.ts";
import { compareGroups, matchingGroups } from "./membership.ts";
import { parseSelector } from "./selector.ts";

const group = (id: string, text: string, { priority = 0, createdAtMs = 1, isDefault = false } = {}) => {
  const parsed = parseSelector(text);
  return { id, selector: parsed.ok ? parsed.selector : null, priority, createdAtMs, isDefault };
};
const names = (labels: Record<string, string>, groups: ReturnType<typeof group>[]) => matchingGroups(labels, groups.sort(compareGroups)).map(({ id }) => id);

describe("which group a collector belongs to", () => {
  const rest = group("rest", "", { isDefault: true, priority: 1_000 });
  it("is the one of the highest priority, then the oldest; the default group has the rest", () => {
    const groups = [rest, group("new", "env=prod", { createdAtMs: 9 }), group("old", "env"), group("high", "region=eu", { priority: 5, createdAtMs: 10 })];
    expect(names({ env: "prod", region: "eu" }, groups)).toEqual(["high", "old", "new", "rest"]);
    expect(names({ env: "test" }, groups)).toEqual(["old", "rest"]);
    expect(names({}, groups)).toEqual(["rest"]);
  });
  it("is never one whose selector can't be read", () => {
    expect(names({ env: "prod" }, [rest, group("broken", "env in")])).toEqual(["rest"]);
  });
});

const key = fc.constantFrom("a", "b", "c", "__proto__x");
const labels = fc.dictionary(key, fc.constantFrom("", "1", "2"), { noNullPrototype: true });

describe("labels", () => {
  it("are the collector's own with what people changed laid over them", () => {
    expect(effectiveLabels({ env: "prod", zone: "a" }, { zone: null, env: "test", team: "shop" })).toEqual({ env: "test", team: "shop" });
  });
  it("become what was wanted, by edits that name nothing else", () =>
    fc.assert(
      fc.property(labels, labels, (own, wanted) => {
        const edits = labelEdits(own, wanted);
        expect(effectiveLabels(own, edits)).toEqual(wanted);
        for (const name of Object.keys(edits)) expect(own[name]).not.toBe(wanted[name]);
      }),
    ));
  it.each([
    [{ "": "x" }, false],
    [{ env: "prod" }, true],
    [{ "k8s.io/name": "" }, true],
    [{ "K8S.io/name": "x" }, false],
    [{ env: "-prod" }, false],
    [{ env: "a".repeat(64) }, false],
    [{ ["a".repeat(64)]: "x" }, false],
    [Object.fromEntries(Array.from({ length: LABELS_MAX + 1 }, (_, index) => [`k${index}`, ""])), false],
  ])("%j by Kubernetes' rules: %s", (given, ok) => {
    expect(labelsSchema.safeParse(given).success).toBe(ok);
  });
});
