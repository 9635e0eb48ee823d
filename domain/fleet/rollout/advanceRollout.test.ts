import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advanceRollout, ROLLBACK_WITHIN_MS } from "./advanceRollout.ts";
import { commandRollout } from "./commandRollout.ts";
import {
  type CollectorFact,
  type GateResult,
  isGoingBack,
  isLive,
  type Rollout,
  type RolloutCommand,
  type RolloutMove,
  type RolloutStep,
  runsNew,
} from "./rollout.ts";
import { DEFAULT_PLAN, rolloutPlanSchema } from "./rolloutPlan.ts";
import { begin, collector, fleetOf, gate, PLAN, START_MS } from "./rolloutTestData.ts";

const S = 1_000;
const at = (seconds: number) => START_MS + seconds * S;
const OLGA = { name: "Olga" };

/** A rollout as one tells its story: it moves on at a second, with everybody running what they are to run unless said otherwise. */
function story(fleet: CollectorFact[] = fleetOf(8)) {
  let rollout = begin();
  const steps: RolloutStep[] = [];
  const take = (move: RolloutMove) => {
    rollout = move.rollout;
    steps.push(...move.steps);
    return move.steps.map(({ kind }) => kind);
  };
  /** `fact` is what is said of the members. */
  const now = (fact: Partial<CollectorFact> = {}): CollectorFact[] => {
    const isNew = new Set(runsNew(rollout));
    const members = new Set(rollout.members.map(({ id }) => id));
    return fleet.map((one) => ({ ...one, config: isNew.has(one.id) && one.connected ? "new" : "old", ...(members.has(one.id) && fact) }));
  };
  return {
    steps,
    get rollout() {
      return rollout;
    },
    goes: (second: number, { fact, gates = [gate("pass")] }: { fact?: Partial<CollectorFact>; gates?: GateResult[] } = {}) =>
      take(advanceRollout(rollout, { nowMs: at(second), collectors: now(fact), gates })),
    does(second: number, command: RolloutCommand, gates: GateResult[] = [gate("pass")]) {
      const move = commandRollout(rollout, command, { nowMs: at(second), collectors: now(), gates });
      return "refused" in move ? move.refused : take(move);
    },
    /** As far as its second stage bakes. */
    toHalf() {
      for (const second of [0, 0, 60, 60]) this.goes(second);
    },
  };
}

describe("a rollout that knows too little of what was before", () => {
  const looks = (nowMs: number, windows: number, rollout = begin()) =>
    advanceRollout(rollout, { nowMs, collectors: fleetOf(8), gates: [], baseline: { windows, needed: 30 } });

  it("waits with its first stage until there is enough to compare with", () => {
    expect(looks(START_MS, 1).steps).toEqual([]);
    expect(looks(at(200), 29).steps).toEqual([]);
    expect(looks(at(200), 30).steps.map(({ kind }) => kind)).toEqual(["stageOpened"]);
  });

  it("waits for half as long again as that takes at most, and not at all where nothing was measured", () => {
    const seconds = PLAN.gates.windowSeconds * 30 * 1.5;
    expect(looks(at(seconds) - 1, 29).steps).toEqual([]);
    expect(looks(at(seconds), 29).steps.map(({ kind }) => kind)).toEqual(["stageOpened"]);
    expect(looks(START_MS, 0).steps.map(({ kind }) => kind)).toEqual(["stageOpened"]);
  });

  it("can be aborted while it waits, and does not count the time for which it is paused", () => {
    const paused = commandRollout(begin(), { kind: "pause", name: "Olga", message: null }, { nowMs: START_MS, collectors: [], gates: [] });
    if ("refused" in paused) throw new Error(paused.refused);
    expect(looks(at(100_000), 0, paused.rollout).steps).toEqual([]);
    const aborted = commandRollout(begin(), { kind: "abort", name: "Olga", message: null }, { nowMs: START_MS, collectors: [], gates: [] });
    expect("steps" in aborted && aborted.steps.map(({ kind }) => kind)).toEqual(["rollingBack"]);
  });
});

describe("a rollout that goes well", () => {
  it("opens each stage, lets it bake, waits for the approval, and is completed", () => {
    const it = story();
    expect(it.goes(0)).toEqual(["stageOpened"]);
    expect(it.goes(0)).toEqual(["applied"]);
    expect(it.rollout).toMatchObject({ phase: "baking", stage: 0 });
    expect(runsNew(it.rollout)).toHaveLength(2);
    expect(it.goes(59)).toEqual([]);
    expect(it.goes(60)).toEqual(["stagePassed", "stageOpened"]);
    expect(it.goes(60)).toEqual(["applied"]);
    expect(runsNew(it.rollout)).toHaveLength(4);
    expect(it.goes(120)).toEqual(["stagePassed", "approvalWanted"]);
    expect(it.goes(10_000)).toEqual([]);
    expect(it.does(10_001, { kind: "approve", ...OLGA })).toEqual(["approved", "stageOpened"]);
    expect(it.goes(10_002)).toEqual(["applied"]);
    expect(it.goes(10_062)).toEqual(["stagePassed", "completed"]);
    expect(it.rollout).toMatchObject({ phase: "completed", endedAtMs: at(10_062), reason: null });
    expect(runsNew(it.rollout)).toHaveLength(8);
  });

  it("bakes from the moment on at which the last one runs it", () => {
    const it = story();
    expect(it.goes(0)).toEqual(["stageOpened"]);
    expect(it.goes(25, { fact: { config: "old" } })).toEqual([]);
    expect(it.goes(29)).toEqual(["applied"]);
    expect(it.goes(88)).toEqual([]);
    expect(it.goes(89)).toContain("stagePassed");
  });

  it("takes into the last stage who is away, without waiting for them or holding it against the change", () => {
    const it = story([...fleetOf(8), collector("c8", { connected: false, awaySinceMs: at(-100) })]);
    it.toHalf();
    it.goes(120);
    it.does(121, { kind: "approve", ...OLGA });
    it.goes(122);
    expect(runsNew(it.rollout)).toHaveLength(9);
    it.goes(182);
    expect(it.rollout.phase).toBe("completed");
  });
});

it("passes a stage at once for which the stages before have left nobody", () => {
  const plan = rolloutPlanSchema.parse({
    stages: [
      { size: { kind: "count", count: 1 }, bakeSeconds: 60 },
      { size: { kind: "share", share: 0.5 }, bakeSeconds: 60 },
      { size: { kind: "share", share: 1 }, bakeSeconds: 60 },
    ],
  });
  const two = ["c0", "c1"].map((id) => collector(id, { config: "new" }));
  const after = (second: number, rollout: Rollout) => advanceRollout(rollout, { nowMs: at(second), collectors: two, gates: [gate("pass")] });
  const canary = after(0, begin(plan));
  const second = after(60, canary.rollout);
  expect(second.rollout.members).toHaveLength(2);
  const done = after(120, second.rollout);
  expect(done.rollout).toMatchObject({ phase: "completed", stage: 2 });
  expect(done.steps.map(({ kind }) => kind)).toEqual(["stagePassed", "stageOpened", "stagePassed", "completed"]);
  // Nobody known is not the same as nobody left.
  expect(advanceRollout(second.rollout, { nowMs: at(120), collectors: [], gates: [gate("pass")] }).rollout.phase).not.toBe("completed");
});

describe("a rollout that goes back", () => {
  const backAfter = (fact: Partial<CollectorFact>, second: number) => {
    const it = story();
    it.toHalf();
    it.goes(second, { fact });
    return it.rollout;
  };

  it.each([
    ["one refuses the configuration", { config: { path: "sampling.tiers[2]", reason: "no such kind" } }, 61, { kind: "refused", path: "sampling.tiers[2]" }],
    ["one says applied with another hash", { config: "wrongHash" }, 61, { kind: "wrongHash" }],
    ["one goes away and stays away", { connected: false, awaySinceMs: at(65) }, 85, { kind: "away", forSeconds: 20 }],
    ["one starts again and again", { restarts: 2 }, 70, { kind: "unstable" }],
    ["one loses its connection again and again", { reconnects: 4 }, 70, { kind: "unstable" }],
  ] satisfies [string, Partial<CollectorFact>, number, object][])("does so when %s", (_, fact, second, reason) => {
    expect(isGoingBack(backAfter(fact, second))).toBe(true);
    expect(backAfter(fact, second)).toMatchObject({ reason });
    expect(runsNew(backAfter(fact, second))).toEqual([]);
  });

  it.each([
    ["a short absence", { connected: false, awaySinceMs: at(65) }, 84],
    ["one restart", { restarts: 1 }, 70],
  ] satisfies [string, Partial<CollectorFact>, number][])("does not for %s", (_, fact, second) => expect(backAfter(fact, second).phase).toBe("baking"));

  it("does so when a gate fails, in the approval and while paused too, and says which and with what", () => {
    for (const before of [[], ["pause"], ["approval"]]) {
      const it = story();
      it.toHalf();
      if (before.includes("approval")) it.goes(120);
      if (before.includes("pause")) it.does(70, { kind: "pause", ...OLGA, message: null });
      expect(it.goes(121, { gates: [gate("pass", "queue"), gate("fail")] })).toEqual(["rollingBack"]);
      expect(it.goes(122)).toEqual(["rolledBack"]);
      expect(it.rollout).toMatchObject({ phase: "rolledBack", pausedAtMs: null, reason: { kind: "gateFailed", gate: "p99", result: gate("fail") } });
    }
  });

  it("does so when one never answers, once its time is over", () => {
    const it = story();
    it.goes(0);
    expect(it.goes(29, { fact: { config: "old" } })).toEqual([]);
    expect(it.goes(30, { fact: { config: "old" } })).toEqual(["rollingBack", "rolledBack"]);
    expect(it.rollout.reason).toMatchObject({ kind: "notApplied", withinSeconds: 30 });
  });

  it("is done when all run the old configuration, and names those that did not say so in time", () => {
    const it = story();
    it.goes(0);
    expect(it.does(5, { kind: "abort", ...OLGA, message: "wrong version" })).toEqual(["rollingBack"]);
    const members = it.rollout.members.map(({ id }) => id);
    expect(it.goes(6, { fact: { config: "new" } })).toEqual([]);
    expect(it.goes(5 + ROLLBACK_WITHIN_MS / S, { fact: { config: "new" } })).toEqual(["rolledBack"]);
    expect(it.steps.at(-1)).toMatchObject({ kind: "rolledBack", tookMs: ROLLBACK_WITHIN_MS, unconfirmed: members });
  });

  it("does not turn around, and takes no command any more", () => {
    const it = story();
    it.goes(0);
    it.does(1, { kind: "abort", ...OLGA, message: null });
    for (const kind of ["approve", "resume", "promote"] as const) expect(it.does(2, { kind, ...OLGA })).toContain("goes back already");
  });
});

describe("a gate that has nothing to go by", () => {
  it("is not passed: it gets as much time again, and then a person is asked", () => {
    const it = story();
    const gates = [gate("pass", "queue"), gate("noData"), gate("undecided", "keptShare")];
    it.goes(0, { gates });
    it.goes(0, { gates });
    expect(it.goes(60, { gates })).toEqual([]);
    expect(it.goes(119, { gates })).toEqual([]);
    expect(it.goes(120, { gates })).toEqual(["paused"]);
    expect(it.rollout).toMatchObject({ phase: "baking", stage: 0, reason: { kind: "gateWithoutData", gates: ["p99", "keptShare"] } });
    expect(it.goes(9_000, { gates })).toEqual([]);
    // Resumed, it has its time again; promoted, it goes on.
    expect(it.does(9_000, { kind: "resume", ...OLGA }, gates)).toEqual(["resumed"]);
    expect(it.goes(9_119, { gates })).toEqual([]);
    expect(it.does(9_119, { kind: "promote", ...OLGA }, gates)).toEqual(["stagePassed"]);
    expect(it.rollout).toMatchObject({ phase: "approval", stage: 1 });
  });

  it("is passed in the second half as soon as it has", () => {
    const it = story();
    it.goes(0);
    it.goes(0);
    expect(it.goes(60, { gates: [gate("noData")] })).toEqual([]);
    expect(it.goes(80, { gates: [gate("near")] })).toContain("stagePassed");
  });

  it("is passed also after the pause that it made, once all gates hold, and not by one that a person made", () => {
    const it = story();
    it.goes(0);
    it.goes(0);
    expect(it.goes(120, { gates: [gate("undecided"), gate("noData", "queue")] })).toEqual(["paused"]);
    expect(it.goes(150, { gates: [gate("pass"), gate("noData", "queue")] })).toEqual([]);
    expect(it.goes(160, { gates: [] })).toEqual([]);
    expect(it.goes(170, { gates: [gate("pass"), gate("near", "queue")] })).toContain("stagePassed");
    expect(it.rollout).toMatchObject({ stage: 1, pausedAtMs: null, reason: null });
    const other = story();
    other.goes(0);
    other.goes(0);
    other.does(130, { kind: "pause", ...OLGA, message: null });
    expect(other.goes(500, { gates: [gate("pass")] })).toEqual([]);
  });
});

describe("a pause", () => {
  it("stops the time of the phase", () => {
    const it = story();
    it.goes(0);
    it.goes(0);
    expect(it.does(50, { kind: "pause", ...OLGA, message: null })).toEqual(["paused"]);
    expect(it.goes(500)).toEqual([]);
    it.does(500, { kind: "resume", ...OLGA });
    expect(it.goes(509)).toEqual([]);
    expect(it.goes(510)).toContain("stagePassed");
  });

  it("is what a rollout begins with when no collector is connected", () => {
    const it = story([collector("c0", { connected: false, awaySinceMs: at(-9) })]);
    expect(it.goes(0)).toEqual(["paused"]);
    expect(it.rollout).toMatchObject({ phase: "approval", members: [], reason: { kind: "noCollectors" } });
    it.does(10, { kind: "resume", ...OLGA });
    expect(it.goes(11)).toEqual(["paused"]);
  });
});

it("refuses commands that make no sense, with the reason", () => {
  const it = story();
  expect(it.does(0, { kind: "resume", ...OLGA })).toBe("it is not paused");
  expect(it.does(0, { kind: "approve", ...OLGA })).toBe("no stage waits for an approval");
  expect(it.does(0, { kind: "promote", ...OLGA })).toContain("only a stage that bakes");
  it.goes(0);
  it.goes(0);
  expect(it.does(1, { kind: "promote", ...OLGA }, [gate("fail")])).toBe("the gate p99 fails");
  it.does(1, { kind: "pause", ...OLGA, message: null });
  expect(it.does(1, { kind: "pause", ...OLGA, message: null })).toBe("it is paused already");
});

const configs = fc.oneof(
  { weight: 12, arbitrary: fc.constant("new" as const) },
  { weight: 3, arbitrary: fc.constant("old" as const) },
  { weight: 1, arbitrary: fc.constantFrom("wrongHash" as const, { path: null, reason: "no" }) },
);
const facts = fc.record({
  forwardS: fc.integer({ min: 0, max: 90 }),
  configs: fc.array(configs, { minLength: 12, maxLength: 12 }),
  away: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }).map((away) => away.map((one, index) => one && index % 5 === 0)),
  gates: fc.array(
    fc.record({
      gate: fc.constantFrom("p99" as const, "queue" as const),
      state: fc.constantFrom("pass", "pass", "pass", "near", "undecided", "noData", "fail"),
    }),
    { maxLength: 2 },
  ),
  command: fc.option(fc.constantFrom("approve" as const, "pause" as const, "resume" as const, "promote" as const, "abort" as const), { freq: 2 }),
  size: fc.integer({ min: 0, max: 12 }),
});

it("whatever happens in whatever order: no stage is skipped or run twice, nobody leaves but all at once, what goes back stays back, and the same facts twice change nothing", () => {
  fc.assert(
    fc.property(fc.constantFrom(PLAN, DEFAULT_PLAN), fc.array(facts, { maxLength: 60 }), (plan, events) => {
      let rollout = begin(plan);
      let nowMs = START_MS;
      const opened: number[] = [];
      const check = (next: RolloutMove) => {
        const before = rollout;
        rollout = next.rollout;
        for (const step of next.steps) if (step.kind === "stageOpened") opened.push(step.stage);
        expect(rollout.stage - before.stage === 0 || next.steps.some(({ kind }) => kind === "stagePassed")).toBe(true);
        expect(rollout.members.slice(0, before.members.length)).toEqual(before.members);
        expect(new Set(rollout.members.map(({ id }) => id)).size).toBe(rollout.members.length);
        if (!isLive(before)) expect(rollout).toBe(before);
        if (before.phase === "rollingBack") expect(["rollingBack", "rolledBack"]).toContain(rollout.phase);
        if (isGoingBack(rollout)) expect(runsNew(rollout)).toEqual([]);
        else expect(runsNew(rollout)).toHaveLength(rollout.members.length);
        expect(rollout.endedAtMs !== null).toBe(!isLive(rollout));
        if (rollout.pausedAtMs !== null) expect(rollout.reason).not.toBeNull();
      };
      for (const { forwardS, configs, away, gates, command, size } of events) {
        nowMs += forwardS * S;
        const collectors = configs
          .map((config, index) => collector(`c${index}`, { config, connected: !away[index], awaySinceMs: away[index] ? nowMs - 5 * S : null }))
          .slice(0, size);
        const now = { nowMs, collectors, gates: gates.map((one) => ({ ...gate(one.state as GateResult["state"], one.gate) })) };
        if (command !== null) {
          const move = commandRollout(rollout, { kind: command, name: "Olga", message: null }, now);
          if (!("refused" in move)) check(move);
        }
        check(advanceRollout(rollout, now));
        const again = advanceRollout(rollout, now);
        expect(again.steps).toEqual([]);
        expect(again.rollout).toEqual(rollout);
      }
      expect(opened).toEqual(opened.map((_, index) => index));
      if (rollout.phase === "completed") expect(opened).toHaveLength(plan.stages.length);
    }),
    { numRuns: 300 },
  );
});

it("opens no stage while changes are held up, and goes on by itself afterwards; what is open is watched all the same", () => {
  const rollout = begin();
  const facts = { nowMs: START_MS, collectors: fleetOf(8), gates: [] };
  expect(advanceRollout(rollout, { ...facts, held: true })).toEqual({ rollout, steps: [] });
  const { rollout: opened, steps } = advanceRollout(rollout, facts);
  expect(steps.map(({ kind }) => kind)).toEqual(["stageOpened"]);
  const refusing = fleetOf(8, { config: { path: null, reason: "no" } });
  expect(advanceRollout(opened, { ...facts, collectors: refusing, held: true }).rollout.phase).toBe("rolledBack");
});
