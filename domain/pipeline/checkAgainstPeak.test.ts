import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SamplingPolicy } from "../sampling/samplingPolicy.ts";
import { samplingPolicySchema } from "../sampling/samplingPolicy.ts";
import { checkAgainstPeak, type MeasuredLoad, type PeakFinding } from "./checkAgainstPeak.ts";
import { readSetting } from "./pipelineFields.ts";
import { type PipelineSettings, pipelineSettingsSchema } from "./pipelineSettings.ts";

const spans = samplingPolicySchema.parse({}) as SamplingPolicy;
const traces = samplingPolicySchema.parse({ scope: "trace" }) as SamplingPolicy;
const settings = (input: unknown) => pipelineSettingsSchema.parse(input);
const load = ({ keptPerS = 20_000, peakBytesPerS = 10_000_000, presentBytesPerS = 100_000 } = {}): MeasuredLoad => ({
  windowS: 900,
  peak: { keptPerS, atMs: 1_000, collector: "edge-1" },
  peakBytesPerS,
  presentBytesPerS,
  notMeasured: 0,
});
const places = (findings: readonly PeakFinding[]) => findings.map(({ tone, place }) => `${tone} ${place}`);

/** The settings with a finding's remedy taken. */
function withRemedy(before: PipelineSettings, { remedy }: PeakFinding): unknown {
  if (!remedy) throw new Error("there is no remedy");
  const [section, name] = remedy.field.split(".") as [keyof PipelineSettings, string];
  return { ...before, [section]: { ...before[section], [name]: remedy.value } };
}

describe("pipeline settings against the measured peak", () => {
  it("says what case 1 got wrong: a queue of 10,000 against 50,000 spans/s", () => {
    const findings = checkAgainstPeak(settings({ queue: { spansMax: 10_000 } }), spans, load({ keptPerS: 50_000 }));
    expect(findings[0]).toEqual({
      place: "queue.spansMax",
      tone: "warn",
      message: "holds 0.2 s of the peak of 50,000 kept spans/s of one collector (over the last 15 min); 2 to 3 s are needed",
      remedy: { field: "queue.spansMax", value: 150_000 },
    });
  });

  it("is content with twice the peak, and not with less", () => {
    const at = (spansMax: number) => places(checkAgainstPeak(settings({ queue: { spansMax } }), spans, load()));
    expect(at(40_000)).toEqual(["info wal.bytesMax"]);
    expect(at(39_999)).toEqual(["warn queue.spansMax", "info wal.bytesMax"]);
  });

  it("counts bytes as it counts spans", () => {
    const [finding] = checkAgainstPeak(settings({ queue: { bytesMax: 67_108_864 } }), spans, load({ peakBytesPerS: 50_000_000 }));
    expect(finding).toMatchObject({ place: "queue.bytesMax", remedy: { field: "queue.bytesMax", value: 144 * 1_048_576 } });
    expect(finding.message).toContain("holds 1.3 s of the peak of 48 MiB/s");
  });

  it("says how long the log lasts at the present rate, and what would last as long as the outage of case 7", () => {
    const [short] = checkAgainstPeak(settings({}), spans, load({ presentBytesPerS: 1_073_741_824 / 60 }));
    expect(short).toMatchObject({ place: "wal.bytesMax", tone: "warn", remedy: { field: "wal.bytesMax", value: 45 * 1_073_741_824 } });
    expect(short.message).toContain("for 1 min 0 s");
    const [long] = checkAgainstPeak(settings({}), spans, load());
    expect(long).toEqual({ place: "wal.bytesMax", tone: "info", message: expect.stringContaining("2 h 58 min") });
    expect(checkAgainstPeak(settings({ wal: { enabled: false } }), spans, load())).toEqual([]);
  });

  it("says nothing about a load that was not measured, or was nothing at all", () => {
    expect(checkAgainstPeak(settings({ queue: { spansMax: 20_000 } }), spans, null)).toEqual([]);
    expect(checkAgainstPeak(settings({ queue: { spansMax: 20_000 } }), spans, load({ keptPerS: 0, peakBytesPerS: 0, presentBytesPerS: 0 }))).toEqual([]);
  });

  it("says without any measurement what can't work: batches that the queue has no room for", () => {
    const findings = checkAgainstPeak(settings({ queue: { spansMax: 5_000 } }), spans, null);
    expect(findings).toMatchObject([
      { place: "batch.sizeMax", remedy: { field: "batch.sizeMax", value: 5_000 } },
      { place: "batch.growWhenQueueAbove", remedy: { field: "batch.growWhenQueueAbove", value: 2_500 } },
    ]);
  });

  it("adds up what the bounds let memory hold; whole traces come on top", () => {
    expect(checkAgainstPeak(settings({}), spans, null)).toEqual([]);
    expect(checkAgainstPeak(settings({}), null, null)).toEqual([]);
    expect(checkAgainstPeak(settings({}), traces, null)).toEqual([
      {
        place: "memory.limitBytes",
        tone: "warn",
        message:
          "is less than the bounds allow together: queue 256 MiB + waiting traces 256 MiB + requests being read 256 MiB = 768 MiB. Requests are refused before the bounds are reached",
        remedy: { field: "memory.limitBytes", value: 896 * 1_048_576 },
      },
    ]);
  });

  it("proposes only what the schema takes, and what ends the finding", () => {
    const size = (min: number, max: number) => fc.integer({ min, max });
    const input = fc.record({
      queue: fc.record({ spansMax: size(1, 1_000_000), bytesMax: size(65_536, 1_000_000_000) }),
      batch: fc.record({ sizeMax: size(1, 1_000_000), growWhenQueueAbove: size(2_000, 1_000_000) }),
      memory: fc.record({ limitBytes: size(134_217_728, 2_000_000_000) }),
      wal: fc.record({ bytesMax: size(16_777_216, 2_000_000_000) }),
    });
    const measured = fc.record({
      keptPerS: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      peakBytesPerS: fc.double({ min: 1, max: 1e9, noNaN: true }),
      presentBytesPerS: fc.double({ min: 0, max: 1e8, noNaN: true }),
    });
    fc.assert(
      fc.property(input, measured, fc.constantFrom(spans, traces), (given, rates, policy) => {
        const before = settings(given);
        for (const finding of checkAgainstPeak(before, policy, load(rates))) {
          if (!finding.remedy) continue;
          const parsed = pipelineSettingsSchema.safeParse(withRemedy(before, finding));
          expect(parsed.error?.issues ?? []).toEqual([]);
          if (!parsed.success) return;
          expect(readSetting(parsed.data, finding.remedy.field)).toBe(finding.remedy.value);
          const still = checkAgainstPeak(parsed.data, policy, load(rates)).filter(({ place, tone }) => place === finding.place && tone === "warn");
          expect(still).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });
});
