import { afterEach, describe, expect, it } from "vitest";
import { type ShadowReport, shadowReportSchema } from "#domain/sampling/compare/shadowReport.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { noReplay } from "./noReplay.ts";
import { Replayer } from "./replayer.ts";

const policy: SamplingPolicy = { scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.5 } }] };
const task = { dataDir: "/nowhere", backMs: 1000, baseline: policy, revision: 7, candidate: policy };
const running: ShadowReport = { ...noReplay("running", "", policy, 7), windowMs: 1234 };

/** A thread that runs this instead of a replay. */
const threadOf = (code: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from "node:worker_threads"; const running = ${JSON.stringify(running)}; ${code}`)}`,
  );

const replayers: Replayer[] = [];
afterEach(async () => {
  await Promise.all(replayers.splice(0).map((replayer) => replayer.stop()));
});

function begin(code: string, heapMb?: number) {
  const replayer = new Replayer({ thread: threadOf(code), heapMb });
  replayers.push(replayer);
  const first = Promise.withResolvers<ShadowReport>();
  const replay = replayer.start(task, (report) => first.resolve(report));
  return { replayer, replay, first: first.promise };
}

const told = async (over: Promise<ShadowReport>) => shadowReportSchema.parse(JSON.parse(JSON.stringify(await over)));

describe("Replayer", () => {
  it("hands on what the thread says, and its last report once it is over", async () => {
    const { replay, first } = begin(`parentPort.postMessage(running); parentPort.postMessage({ ...running, state: "ended", windowMs: 5678 });`);
    expect(await first).toEqual(running);
    expect(await told(replay.over)).toMatchObject({ state: "ended", windowMs: 5678 });
  });

  it("says why, and nothing that was counted, when the thread fails", async () => {
    const { replay } = begin(`parentPort.postMessage(running); throw new Error("what is this?");`);
    expect(await told(replay.over)).toMatchObject({
      ...{ state: "refused", reason: "the thread that reads the recording failed: what is this?", windowMs: 0 },
      live: { revision: 7, scope: "span", hasBudget: false },
    });
  });

  it("says so when the thread ends without a last report", async () => {
    const { replay } = begin(`parentPort.postMessage(running); process.exit(3);`);
    expect(await told(replay.over)).toMatchObject({ state: "refused", reason: "the thread that reads the recording ended with 3" });
  });

  it("outlives a thread that wants more memory than it may have, and keeps what that had counted", async () => {
    const { replay } = begin(
      `parentPort.postMessage(running); const all = []; setInterval(() => { for (let i = 0; i < 2000; i++) all.push({ i, of: [i] }); }, 0);`,
      32,
    );
    const report = await told(replay.over);
    expect(report).toMatchObject({ state: "memory", windowMs: 1234 });
    expect(report.reason).toContain("32 MB of heap");
  });

  it("is over within a fifth of a second of a cancel, also when the thread has no ear for it", async () => {
    const { replay, first } = begin(`parentPort.postMessage(running); setTimeout(() => { for (;;); }, 0);`);
    await first;
    const began = performance.now();
    replay.cancel();
    expect(await told(replay.over)).toMatchObject({ state: "stopped", reason: "", windowMs: 1234 });
    expect(performance.now() - began).toBeLessThan(1000);
  });

  it("gives the reason that it was cancelled for, but not when all had been read by then", async () => {
    const obeys = (state: string) =>
      `parentPort.once("message", () => { parentPort.postMessage({ ...running, state: "${state}" }); }); parentPort.postMessage(running);`;
    for (const [state, wanted] of [
      ["stopped", { state: "memory", reason: "it was tight" }],
      ["ended", { state: "ended", reason: "" }],
    ] as const) {
      const { replay, first } = begin(obeys(state));
      await first;
      replay.cancel("memory", "it was tight");
      expect(await told(replay.over)).toMatchObject(wanted);
    }
  });

  it("ends its threads when the collector stops", async () => {
    const { replayer, replay, first } = begin(`parentPort.postMessage(running); setTimeout(() => { for (;;); }, 0);`);
    await first;
    await replayer.stop();
    expect(await told(replay.over)).toMatchObject({ state: "stopped", reason: "the collector was stopped" });
  });
});
