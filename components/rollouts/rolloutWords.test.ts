import { describe, expect, it } from "vitest";
import type { RolloutReason } from "#domain/fleet/rollout/rollout.ts";
import { PLAN } from "#domain/fleet/rollout/rolloutTestData.ts";
import type { RolloutView, StageView } from "#domain/fleet/rollout/rolloutView.ts";
import { limitWords } from "./gateWords.ts";
import { logWords } from "./logWords.ts";
import { actionWords } from "./page/actionWords.ts";
import { phaseWords } from "./phaseWords.ts";
import { planSentence, secondsWords } from "./plan/planWords.ts";
import { reasonWords } from "./reasonWords.ts";
import { plainVerdict, rolloutVerdict } from "./rolloutVerdict.ts";
import { bakedShare } from "./StageTrack.tsx";

const NOW = 1_700_000_100_000;
const failed: RolloutReason = {
  kind: "gateFailed",
  gate: "p99",
  result: { gate: "p99", state: "fail", changed: 0.188, control: 0.04, limit: 0.05, against: "control", note: null },
};

const stages = (...states: StageView["state"][]): StageView[] =>
  PLAN.stages.map((stage, at) => ({ ...stage, state: states[at], joined: states[at] === "ahead" ? null : 2 }));

const view = (change: Partial<RolloutView>): RolloutView => ({
  number: 32,
  group: { id: "prod", name: "prod" },
  kind: "policy",
  document: { id: "p", name: "Shop traffic" },
  fromVersion: 14,
  toVersion: 15,
  fromRevision: 3,
  toRevision: 4,
  phase: "baking",
  reason: null,
  pausedAtMs: null,
  sinceMs: NOW - 20_000,
  startedAtMs: NOW - 100_000,
  endedAtMs: null,
  authorName: "Olga Owner",
  approverName: null,
  message: null,
  stages: stages("passed", "baking", "ahead"),
  changed: 4,
  collectors: 8,
  plan: PLAN,
  sentences: [],
  gates: [],
  log: [],
  names: {},
  lost: { spans: 0, complete: true, missing: null },
  forecast: null,
  outcome: null,
  evidence: null,
  failures: [],
  failuresLeftOut: 0,
  may: { approve: null, pause: null, resume: null, promote: null, abort: null },
  heldBy: null,
  baseline: null,
  nowMs: NOW,
  ...change,
});
const told = (change: Partial<RolloutView>) => plainVerdict(rolloutVerdict(view(change), NOW));
const gate = (state: RolloutView["gates"][number]["state"], of: RolloutView["gates"][number]["gate"] = "p99") => ({
  gate: of,
  state,
  changed: 0.05,
  control: 0.04,
  limit: 0.05,
  against: "control" as const,
  note: null,
  unit: "seconds",
  sinceMs: null,
});

describe("the sentence at the head of a rollout", () => {
  it("says what the first stage waits for where too little is known of what was before", () => {
    const waiting = { phase: "approval" as const, stages: stages("waiting", "ahead", "ahead"), changed: 0 };
    expect(told({ ...waiting, baseline: { windows: 12, needed: 30 } })).toContain(
      "opens in about 3 min, once it is known how the collectors answer without the change: 12 of the 30 windows of traffic that P99 is compared with are measured. 0 of 8",
    );
    for (const windows of [0, 30]) expect(told({ ...waiting, baseline: { windows, needed: 30 } })).toContain("opens in a moment");
  });

  it("says how long the stage is still watched, and that all gates hold", () =>
    expect(told({ gates: [gate("pass"), gate("off", "keptShare")] })).toBe(
      "Stage 2 (50%) is watched for 40 s more. 4 of 8 collectors run v15. All gates hold.",
    ));

  it("never calls a gate that can't be judged one that holds", () => {
    expect(told({ gates: [gate("pass"), gate("noData", "queue")] })).toContain("Nothing fails; the queue can't be judged yet.");
    expect(told({ gates: [gate("off")] })).not.toContain("hold");
  });

  it("says why it went back, that all run the old version again, and what was lost", () =>
    expect(
      told({
        phase: "rolledBack",
        reason: failed,
        stages: stages("passed", "back", "ahead"),
        endedAtMs: NOW,
        log: [
          { sequence: 1, atMs: NOW, by: "Headgate", step: { kind: "rollingBack", reason: failed, collectors: ["a", "b", "c", "d"] } },
          { sequence: 2, atMs: NOW, by: "Headgate", step: { kind: "rolledBack", tookMs: 3_200, unconfirmed: [] } },
        ],
      }),
    ).toBe("Stopped in stage 2: P99 is 188 ms on the changed collectors; the unchanged ones have 40 ms. All 4 run v14 again, after 3.2 s. 0 spans lost."));

  it("says of how many it is not known that they run the old version again", () => {
    const log = [
      { sequence: 1, atMs: NOW, by: "Headgate", step: { kind: "rollingBack" as const, reason: failed, collectors: ["a", "b"] } },
      { sequence: 2, atMs: NOW, by: "Headgate", step: { kind: "rolledBack" as const, tookMs: 10_000, unconfirmed: ["b"] } },
    ];
    expect(told({ phase: "rolledBack", reason: failed, stages: stages("back", "ahead", "ahead"), log })).toContain("1 of 2 run v14 again");
  });

  it("says whether what came was forecast, and of losses whether all of the time was measured", () => {
    const outcome = {
      keptShare: { before: 0.06, forecast: 0.052, came: 0.0523, error: 0.0003 },
      spansPerS: { before: null, came: null },
      costMicroUsdPerHour: { before: null, came: null },
      cpuCores: { before: null, came: null },
      overMs: 1,
    };
    const done = { phase: "completed" as const, changed: 8, outcome, stages: stages("passed", "passed", "passed") };
    expect(told({ ...done, forecast: { low: 0.05, high: 0.054, expected: 0.052 } })).toContain(
      "All 8 collectors run v15. 5.2% is kept, within the forecast of 5%–5.4%.",
    );
    expect(told({ ...done, forecast: { low: 0.06, high: 0.07, expected: 0.065 } })).toContain("outside of the forecast");
    expect(told({ ...done, lost: { spans: 0, complete: false, missing: null } })).toContain("0 spans lost that is known of; nothing was measured.");
    const missing = { windows: 3, fromMs: NOW, toMs: NOW + 30_000, collectors: [{ id: "g", name: "gate-1" }], others: 2 };
    expect(told({ ...done, lost: { spans: 4, complete: false, missing } })).toMatch(
      /4 spans lost at least; 3 windows between [\d:]+ and [\d:]+ are not measured whole, of gate-1 and 2 others\.$/,
    );
  });

  it("says that a pause by itself is a person's to decide", () =>
    expect(told({ pausedAtMs: NOW, reason: { kind: "gateWithoutData", gates: ["p99", "queue"] } })).toContain(
      "there is too little to judge P99 and the queue by, after twice the time. A gate without data is not a passed gate: a person has to decide, unless it comes to hold.",
    ));

  it("says who is waited for, and what holds it up", () => {
    const waiting = stages("passed", "passed", "waiting");
    expect(told({ phase: "approval", stages: waiting })).toContain("Stage 3 (all) waits for somebody to open it");
    const ownOpening = waiting.map((stage) => ({ ...stage, needsApproval: false }));
    expect(told({ phase: "approval", stages: ownOpening, heldBy: "the freeze Weekend is on" })).toContain("Held up since");
  });
});

describe("words of a rollout", () => {
  it("tells a rollback by itself from one that a person asked for", () => {
    expect(phaseWords(view({ phase: "rolledBack", reason: failed })).word).toBe("rolled back by itself");
    expect(phaseWords(view({ phase: "rolledBack", reason: { kind: "person", name: "Olga", message: null } })).word).toBe("rolled back");
  });

  it("names the path at which a collector refused", () =>
    expect(reasonWords({ kind: "refused", collectors: ["a"], path: "sampling.tiers[2]", reason: "is empty" })).toBe(
      "1 collector refused it: sampling.tiers[2]: is empty",
    ));

  it("writes limits in the gate's unit", () => {
    expect(limitWords({ gate: "p99", limit: 0.05 }, null)).toBe("50 ms");
    expect(limitWords({ gate: "p99", limit: null }, null)).toBe("—");
    expect(limitWords({ gate: "memory", limit: 2e6 }, null)).toBe("+2 MB/min");
    expect(limitWords({ gate: "keptShare", limit: null }, { low: 0.05, high: 0.054, expected: 0.052 })).toBe("5%–5.4%");
    expect(limitWords({ gate: "dropped", limit: 0 }, null)).toBe("0");
  });

  it("says in the log who ended the watching early", () =>
    expect(logWords({ sequence: 1, atMs: NOW, by: "Olga", step: { kind: "stagePassed", stage: 0, byPerson: "Olga" } }, view({})).text).toBe(
      "Stage 1 (canary) passed: Olga ended the watching early",
    ));

  it("says before an action what it does: how many go back, and what comes next", () => {
    expect(actionWords("abort", view({})).meaning).toContain("4 collectors go back to v14 at once.");
    expect(actionWords("abort", view({ changed: 0 })).meaning).toContain("Nothing is changed yet");
    expect(actionWords("promote", view({})).meaning).toContain("stage 3 waits for somebody to open it");
  });

  it("says what a plan means for a group, without stages that take nobody", () => {
    expect(planSentence(PLAN, 8)).toBe("2 → 4 → 8 of 8 collectors; takes 3 min at least, and one approval.");
    expect(planSentence(PLAN, 2)).toBe("2 of 2 collectors; takes 3 min at least, and one approval.");
    expect([90, 120, 7_200, 150].map(secondsWords)).toEqual(["90 s", "2 min", "2 h", "2 min 30 s"]);
  });

  it("does not count a pause as watched", () =>
    expect(bakedShare({ bakeSeconds: 60 }, { stages: [], sinceMs: NOW - 90_000, pausedAtMs: NOW - 60_000, collectors: 8 }, NOW)).toBe(0.5));
});
