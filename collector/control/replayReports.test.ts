import { describe, expect, it } from "vitest";
import { parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { REPLAY_BACK_MS_MAX, type ShadowReport, shadowReportSchema } from "#domain/sampling/compare/shadowReport.ts";
import { noReplay } from "../replay/noReplay.ts";
import type { Replayer, RunningReplay } from "../replay/replayer.ts";
import type { ReplayTask } from "../replay/replayRecording.ts";
import type { PlaneFigures } from "../self/planeFigures.ts";
import { ReplayReports } from "./replayReports.ts";

const POLICY = JSON.stringify({ scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.5 } }] });
const HOUR = 3_600_000;

/** Reports with a replayer whose thread is the test. */
function setUp({ records = true, memory = "ok" } = {}) {
  const config = parseCollectorConfig({ pipeline: { recording: { enabled: records } } });
  if (!config.ok) throw new Error("the configuration is not valid");
  const runs: { task: ReplayTask; tell: (report: ShadowReport) => void; end: (report: ShadowReport) => void; cancelled: string[] }[] = [];
  const replayer = {
    start(task: ReplayTask, tell: (report: ShadowReport) => void): RunningReplay {
      const { promise: over, resolve } = Promise.withResolvers<ShadowReport>();
      const cancelled: string[] = [];
      runs.push({ task, tell, end: resolve, cancelled });
      return { over, cancel: (state = "stopped", reason = "") => void cancelled.push(`${state} ${reason}`) };
    },
  } as Replayer;
  const plane = { config: config.value, figures: async () => ({ memory: { state: memory } }) as PlaneFigures };
  const reports = new ReplayReports({ replayer, plane, dataDir: "/data", revision: () => 4 });
  const sent: { id: string; report: ShadowReport }[] = [];
  const ask = (shadowId: string, policy = POLICY, backMs = HOUR) =>
    reports.take({ shadowId, policy, backMs }, (message) => {
      sent.push({ id: message.shadowId ?? "", report: shadowReportSchema.parse(JSON.parse(message.report ?? "")) });
    });
  const report = (state: ShadowReport["state"], windowMs: number): ShadowReport => ({ ...noReplay(state, "", config.value.sampling, 4), windowMs });
  return { runs, sent, ask, report, said: () => sent.splice(0).map(({ id, report: { state, windowMs, reason } }) => ({ id, state, windowMs, reason })) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("ReplayReports", () => {
  it("tries the policy beside the one that runs, and says all that it is told", async () => {
    const { runs, ask, report, said } = setUp();
    ask("a");
    expect(runs[0].task).toMatchObject({
      dataDir: "/data",
      backMs: HOUR,
      revision: 4,
      baseline: { scope: "span" },
      candidate: { tiers: [{ keep: { ratio: 0.5 } }] },
    });
    runs[0].tell(report("running", 1));
    runs[0].end(report("ended", 2));
    await settled();
    expect(said()).toMatchObject([
      { id: "a", state: "running", windowMs: 1 },
      { id: "a", state: "ended", windowMs: 2 },
    ]);
  });

  it("goes on with what runs when it is asked for again, and says the latest at once", () => {
    const { runs, ask, report, said } = setUp();
    ask("a");
    runs[0].tell(report("running", 1));
    said();
    ask("a");
    expect(runs).toHaveLength(1);
    expect(said()).toMatchObject([{ id: "a", state: "running", windowMs: 1 }]);
  });

  it("says once more what came of one that has ended, and does not run it again", async () => {
    const { runs, ask, report, said } = setUp();
    ask("a");
    runs[0].end(report("ended", 2));
    await settled();
    said();
    ask("a");
    ask("a", "");
    expect(runs).toHaveLength(1);
    expect(said()).toMatchObject([
      { id: "a", state: "ended", windowMs: 2 },
      { id: "a", state: "ended", windowMs: 2 },
    ]);
  });

  it("stops what it is told to stop, and nothing else", () => {
    const { runs, ask, said } = setUp();
    ask("a");
    ask("b", "");
    expect(runs[0].cancelled).toEqual([]);
    expect(said()).toMatchObject([{ id: "b", state: "stopped" }]);
    ask("a", "");
    expect(runs[0].cancelled).toEqual(["stopped "]);
  });

  it("refuses a second one while the first runs, and takes it afterwards", async () => {
    const { runs, ask, report, said } = setUp();
    ask("a");
    ask("b");
    expect(said()).toMatchObject([{ id: "b", state: "refused", reason: expect.stringContaining("one at a time") }]);
    runs[0].end(report("ended", 2));
    await settled();
    ask("b");
    expect(runs).toHaveLength(2);
  });

  it.each([
    ["a policy that is not valid", '{"scope":"span","tiers":[]}', HOUR, "tiers: must have at least the default tier"],
    ["what is no JSON", "{", HOUR, "the policy is not valid JSON"],
    ["no time at all", POLICY, 0, "there is no time"],
  ])("refuses %s, with what is wrong", (_name, policy, backMs, reason) => {
    const { runs, ask, said } = setUp();
    ask("a", policy, backMs);
    expect(runs).toHaveLength(0);
    expect(said()).toMatchObject([{ id: "a", state: "refused", reason: expect.stringContaining(reason) }]);
  });

  it("says what to do where nothing is recorded", () => {
    const { ask, said } = setUp({ records: false });
    ask("a");
    expect(said()).toMatchObject([{ state: "refused", reason: expect.stringContaining("turn recording on in the pipeline settings") }]);
  });

  it("goes back a week at most", () => {
    const { runs, ask } = setUp();
    ask("a", POLICY, 10 * REPLAY_BACK_MS_MAX);
    expect(runs[0].task.backMs).toBe(REPLAY_BACK_MS_MAX);
  });

  it("gives way when the collector's memory is tight", async () => {
    const { runs, ask, report } = setUp({ memory: "tight" });
    ask("a");
    runs[0].tell(report("running", 1));
    await settled();
    expect(runs[0].cancelled).toEqual([expect.stringMatching(/^memory memory of the collector was tight/)]);
  });
});
