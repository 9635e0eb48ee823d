import { describe, expect, it } from "vitest";
import { inReadingOrder } from "./inReadingOrder.ts";

describe("inReadingOrder", () => {
  it("puts a tier's name before its condition and that before what is kept, and loses nothing", () => {
    const mixed = {
      export: { bytesMax: 1, kind: "archive" },
      sampling: { tiers: [{ keep: { ratio: 1, kind: "ratio" }, condition: { is: "error", kind: "status" }, name: "errors" }], scope: "span" },
    };
    const ordered = inReadingOrder(mixed);
    expect(ordered).toEqual(mixed);
    expect(JSON.stringify(ordered)).toBe(
      '{"sampling":{"scope":"span","tiers":[{"name":"errors","condition":{"kind":"status","is":"error"},"keep":{"kind":"ratio","ratio":1}}]},"export":{"kind":"archive","bytesMax":1}}',
    );
  });

  it("puts how long and how much may wait before the tiers", () => {
    const mixed = { bytesMax: 1, decisionCache: {}, decisionWaitMs: 2, scope: "trace", tiers: [], tracesMax: 3 };
    expect(Object.keys(inReadingOrder(mixed) as object)).toEqual(["scope", "decisionWaitMs", "tracesMax", "bytesMax", "decisionCache", "tiers"]);
  });

  it("leaves lists, texts and null as they are", () => {
    expect(inReadingOrder([3, "a", null, ["b"]])).toEqual([3, "a", null, ["b"]]);
  });
});
