import { describe, expect, it } from "vitest";
import { type CollectorConfig, parseCollectorConfig } from "../fleet/collectorConfig.ts";
import { shareSettings } from "./shareSettings.ts";

function config(input: unknown): CollectorConfig {
  const parsed = parseCollectorConfig(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.value;
}

const traces = {
  sampling: {
    scope: "trace",
    tracesMax: 100_001,
    tiers: [
      { name: "payments", condition: { kind: "service", match: "exact", values: ["payments"] }, keep: { kind: "budget", spansPerSecond: 300 } },
      { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.5 } },
    ],
  },
};

describe("shareSettings", () => {
  it("leaves everything as it is for one thread", () => {
    const whole = config(traces);
    expect(shareSettings(whole, 1)).toEqual({ ok: true, config: whole });
  });

  it.each([2, 3, 8])("never gives %i threads together more than the whole, of any bound or budget", (workers) => {
    const whole = config({ ...traces, sampling: { ...traces.sampling, bytesMax: 1_073_741_824 } });
    const shared = shareSettings(whole, workers);
    if (!shared.ok || shared.config.sampling.scope !== "trace" || whole.sampling.scope !== "trace") throw new Error("not shared");
    const { sampling, pipeline } = shared.config;
    for (const field of ["tracesMax", "spansMax", "bytesMax"] as const) {
      expect(sampling[field] * workers).toBeLessThanOrEqual(whole.sampling[field]);
      expect(sampling[field] * workers).toBeGreaterThan(whole.sampling[field] - workers);
    }
    expect(pipeline.queue.spansMax * workers).toBeLessThanOrEqual(whole.pipeline.queue.spansMax);
    expect(pipeline.queue.bytesMax * workers).toBeLessThanOrEqual(whole.pipeline.queue.bytesMax);
    expect(pipeline.wal.bytesMax * workers).toBeLessThanOrEqual(whole.pipeline.wal.bytesMax);
    expect(pipeline.receive.concurrentRequestsMax * workers).toBeLessThanOrEqual(whole.pipeline.receive.concurrentRequestsMax);
    for (const field of ["itemsMax", "bytesMax", "walBytesMax"] as const) {
      expect(pipeline.signals[field] * workers).toBeLessThanOrEqual(whole.pipeline.signals[field]);
    }
    expect(pipeline.recording.bytesMax * workers).toBeLessThanOrEqual(whole.pipeline.recording.bytesMax);
    expect(pipeline.recording.spansPerSecondMax * workers).toBeCloseTo(whole.pipeline.recording.spansPerSecondMax);
    expect(sampling.tiers[0].keep).toEqual({ kind: "budget", spansPerSecond: 300 / workers });
    expect(sampling.tiers[1]).toEqual(whole.sampling.tiers[1]);
    // Of the process, which they share.
    expect(pipeline.memory).toEqual(whole.pipeline.memory);
    expect(shared.config.export.kind === "archive" && shared.config.export.bytesMax * workers).toBeLessThanOrEqual(10_000_000_000);
  });

  it("names every bound that is too small to be shared", () => {
    const shared = shareSettings(config({ ...traces, pipeline: { queue: { spansMax: 3, bytesMax: 100_000 } } }), 32);
    expect(!shared.ok && shared.problems.map(({ path }) => path)).toEqual(["pipeline.queue.spansMax", "pipeline.queue.bytesMax", "sampling.bytesMax"]);
    const signals = { itemsMax: 1, bytesMax: 65_536, walBytesMax: 16_777_216 };
    const small = shareSettings(config({ pipeline: { signals } }), 32);
    const names = ["pipeline.signals.itemsMax", "pipeline.signals.bytesMax", "pipeline.signals.walBytesMax"];
    expect(!small.ok && small.problems.map(({ path }) => path)).toEqual(names);
    expect(shareSettings(config({ pipeline: { signals: { ...signals, enabled: false } } }), 32).ok).toBe(true);
  });
});
