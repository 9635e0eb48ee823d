import { describe, expect, it } from "vitest";
import { applySentence, type CollectorApplyState, type CollectorProgress, overlayReports, type ReportEvent, summariseApply } from "./applyProgress.ts";

const collector = (id: string, state: CollectorApplyState): CollectorProgress => ({ id, name: id, state, problem: null, tookMs: null, carryOver: null });
const report = (collectorId: string, state: ReportEvent["state"], problem: string | null = null): [string, ReportEvent] => [
  collectorId,
  { kind: "configReport", collectorId, revision: 7, state, problem, tookMs: state === "applied" ? 12 : null, carryOver: state === "applied" ? CARRIED : null },
];

const CARRIED = { tracesCarriedOver: 3, spansCarriedOver: 12, tracesDecidedEarly: 0, spansDecidedEarly: 0, spansLost: 0 };

describe("the progress of an apply", () => {
  it("takes what the live stream says over the list", () => {
    const merged = overlayReports(
      [collector("a", "pending"), collector("b", "pending")],
      new Map([report("a", "applied"), report("b", "failed", "export.endpoint: bad")]),
    );
    expect(merged.map(({ state, problem, tookMs }) => ({ state, problem, tookMs }))).toEqual([
      { state: "applied", problem: null, tookMs: 12 },
      { state: "failed", problem: "export.endpoint: bad", tookMs: null },
    ]);
  });

  it("never takes an end back when a late “applying” arrives", () => {
    expect(overlayReports([collector("a", "applied")], new Map([report("a", "applying")]))[0].state).toBe("applied");
  });

  it("keeps what a report says of the traces that waited", () => {
    expect(overlayReports([collector("a", "pending")], new Map([report("a", "applied")]))[0].carryOver).toEqual(CARRIED);
    const { carryOver, ...rest } = report("a", "applied")[1];
    const silent = new Map([["a", { ...rest, carryOver: null }]]);
    expect(overlayReports([{ ...collector("a", "applied"), carryOver }], silent)[0].carryOver).toEqual(CARRIED);
  });

  it("is done when every collector that is there has answered; offline ones are not waited for", () => {
    expect(summariseApply([collector("a", "applied"), collector("b", "offline")])).toEqual({
      total: 2,
      applied: 1,
      failed: 0,
      offline: 1,
      waiting: 0,
      done: true,
    });
    expect(summariseApply([collector("a", "applied"), collector("b", "applying")]).done).toBe(false);
  });

  it("says what came of it", () => {
    const say = (...states: CollectorApplyState[]) => applySentence(summariseApply(states.map((state, index) => collector(String(index), state))), "0.8 s");
    expect(say("applied", "pending")).toBe("1 of 2 collectors have taken it.");
    expect(say("applied", "applied", "offline")).toBe("All 2 connected collectors have taken it in 0.8 s. 1 offline will get it on return.");
    expect(say("applied")).toBe("The collector has taken it in 0.8 s.");
    expect(say("applied", "failed")).toBe("1 of 2 refused it and run what they ran before; 1 took it.");
    expect(say("offline")).toBe("The collector is offline and will get this on return.");
    expect(say()).toBe("No collector is enrolled. The first one that connects gets this.");
  });
});
