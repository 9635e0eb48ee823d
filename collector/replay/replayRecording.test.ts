import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ShadowReport } from "#domain/sampling/compare/shadowReport.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { systemClock } from "../clock.ts";
import { Recorder } from "../record/recorder.ts";
import { recordingSettings, requestOf, scanned, temporaryFolder } from "../record/recordTestData.ts";
import { Replayer } from "./replayer.ts";
import { replayRecording } from "./replayRecording.ts";

const policy = (ratio: number): SamplingPolicy => ({
  scope: "span",
  tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio } }],
});
const SPANS = 600;

describe("replayRecording", () => {
  let dataDir = "";
  beforeAll(async () => {
    dataDir = await temporaryFolder();
    const recorder = new Recorder({ folder: path.join(dataDir, "recording"), settings: recordingSettings(), clock: systemClock });
    for (let trace = 0; trace < SPANS / 3; trace++) {
      const bytes = requestOf([0, 1, 2].map((span) => ({ trace, span: trace * 3 + span })));
      recorder.accepted(bytes, scanned(bytes));
    }
    await recorder.close(5000);
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  const task = () => ({ dataDir, backMs: 3_600_000, baseline: policy(1), revision: 2, candidate: policy(0) });

  it("reads what lies in a data folder and tells a report at its beginning and its end", async () => {
    const told: ShadowReport[] = [];
    const report = await replayRecording(task(), new AbortController().signal, (one) => told.push(one));
    expect(told[0]).toMatchObject({ state: "running", replay: { progress: 0 } });
    expect(told.at(-1)).toEqual(report);
    expect(report).toMatchObject({
      ...{ state: "ended", live: { revision: 2 }, replay: { progress: 1, spans: SPANS, recordedShare: 1 } },
      counts: { seen: { spans: SPANS }, compared: { spans: SPANS }, total: { liveOnly: { spans: SPANS } } },
    });
  });

  it("does the same in a thread of its own", async () => {
    const replayer = new Replayer();
    const report = await replayer.start(task(), () => {}).over;
    expect(report).toMatchObject({ state: "ended", replay: { spans: SPANS }, counts: { total: { liveOnly: { spans: SPANS } } } });
    await replayer.stop();
  });

  it("ends before its memory does", async () => {
    const report = await replayRecording({ ...task(), heapBytesMax: 1 }, new AbortController().signal, () => {});
    expect(report).toMatchObject({ state: "memory", reason: expect.stringContaining("more memory than it may") });
    expect(report.counts.compared.spans).toBeGreaterThan(0);
  });

  it("refuses where there is no recording", async () => {
    const report = await replayRecording({ ...task(), dataDir: path.join(dataDir, "nowhere") }, new AbortController().signal, () => {});
    expect(report).toMatchObject({ state: "refused", reason: expect.stringContaining("nothing was recorded") });
  });
});
