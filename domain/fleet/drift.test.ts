import { describe, expect, it } from "vitest";
import { type DriftCause, driftSentence } from "./drift.ts";

const differences = [{ runs: { name: "checkout", version: 3 }, insteadOf: { name: "checkout", version: 4 } }];
const say = (cause: DriftCause, more = {}) => driftSentence({ differences, runningRevision: 7, cause, ...more }, () => "14:00");

describe("why a collector runs something else", () => {
  it("is one sentence: what, instead of what, and why", () => {
    expect(say({ kind: "overridden", by: "Olga", reason: "to compare", untilMs: 0 })).toBe(
      "runs checkout v3 instead of v4: overridden until 14:00 by Olga: “to compare”",
    );
    expect(say({ kind: "refused", problem: "export.endpoint: no such host" })).toBe(
      "runs checkout v3 instead of v4: it refused its group's configuration: export.endpoint: no such host",
    );
    expect(say({ kind: "offline" }, { differences: [{ runs: { name: "shop", version: 1 }, insteadOf: { name: "checkout", version: 4 } }] })).toBe(
      "runs shop v1 instead of checkout v4: it is not connected",
    );
    expect(say({ kind: "pending" }, { differences: [] })).toBe("runs revision 7: it has not answered yet");
    expect(say({ kind: "applying" }, { differences: [], runningRevision: 0 })).toBe("runs a configuration that did not come from here: it is changing over");
  });
});
