import { expect, it } from "vitest";
import { advanceRollout } from "./advanceRollout.ts";
import { membersByStage, type Rollout } from "./rollout.ts";
import { begin, fleetOf, START_MS } from "./rolloutTestData.ts";
import { type RolloutProcedures, stageTrack } from "./rolloutView.ts";

const track = (rollout: Rollout) => stageTrack(rollout, membersByStage(rollout));
type View = ReturnType<RolloutProcedures["get"]>;

it("the track of stages says where each stands, when it opened and passed, and how many joined with it", () => {
  const facts = (seconds: number, config: "old" | "new") => ({ nowMs: START_MS + seconds * 1_000, collectors: fleetOf(8, { config }), gates: [] });
  const states = (stages: View["stages"]) => stages.map(({ state }) => state);
  const opened = advanceRollout(begin(), facts(0, "old")).rollout;
  expect(states(track(opened))).toEqual(["applying", "ahead", "ahead"]);
  const baking = advanceRollout(opened, facts(3, "new")).rollout;
  expect(track(baking)[0]).toMatchObject({ state: "baking", joined: 2, openedAtMs: START_MS, appliedAtMs: START_MS + 3_000, passedAtMs: null });
  const second = advanceRollout(baking, facts(63, "old")).rollout;
  expect(states(track(second))).toEqual(["passed", "applying", "ahead"]);
  expect(track(second)).toMatchObject([{ joined: 2 }, { joined: 2 }, { joined: null }]);
  const third = [facts(64, "new"), facts(130, "new")].reduce((rollout, now) => advanceRollout(rollout, now).rollout, second);
  expect(states(track(third))).toEqual(["passed", "passed", "waiting"]);
  const back = advanceRollout(second, { ...facts(64, "new"), collectors: fleetOf(8, { config: "wrongHash" }) }).rollout;
  expect(states(track(back))).toEqual(["passed", "back", "ahead"]);
});
