import { describe, expect, it } from "vitest";
import { headgate } from "#proto/gen/fleet.js";
import { configReportSchema } from "../services/fleet-channel/helloInput.ts";
import { toConfigReportInput, toMeasurement } from "./fromProtobuf.ts";

const { ConfigReport, Measurement } = headgate.fleet.v1;
type MeasurementFields = Parameters<typeof Measurement.encode>[0];
type ReportFields = Parameters<typeof ConfigReport.encode>[0];

/** Over the wire and back, so that absent is what protobuf makes of it. */
const measured = (fields: MeasurementFields) => toMeasurement(Measurement.decode(Measurement.encode({ ...WHEN, ...fields }).finish()));
const reported = (fields: ReportFields) => configReportSchema.safeParse(toConfigReportInput(ConfigReport.decode(ConfigReport.encode(fields).finish())));
const WHEN = { atMs: 2_000, windowMs: 1_000, processStartMs: 1_000 };
const DESTINATION = {
  name: "default",
  queuedSpans: 1,
  memorySpans: 2,
  memoryBytes: 3,
  delivered: 4,
  dropped: 5,
  firstTries: 6,
  retries: 7,
  failedTries: 8,
  retriesHeldBack: 9,
  breaker: "half-open",
  breakerSinceMs: 10,
  breakerOpened: 11,
  lastFailure: "connection refused",
  lastFailureMs: 12,
  wal: "behind",
  walProblem: "the disk is slow",
  walBytes: 13,
  walBytesMax: 14,
  walAgeMs: 15,
  walOnlySpans: 16,
  batchSize: 17,
  batchSizeMin: 18,
  batchSizeMax: 19,
};
const CARRIED = { tracesCarriedOver: 3, spansCarriedOver: 9, tracesDecidedEarly: 1, spansDecidedEarly: 2 };

describe("a measurement", () => {
  it("of a collector that is too old for trace scope has zeros and no ratios", () => {
    const measurement = measured({ received: 5, tiers: [{ name: "default", kept: 5 }], stages: {} });
    expect(Object.values(measurement?.trace ?? {})).toEqual(new Array(16).fill(0));
    expect(measurement?.tiers).toEqual([{ name: "default", kept: 5, sampledOut: 0, bytesKept: 0, bytesSampledOut: 0, ratio: null }]);
    expect(measurement?.stages.decisionWait).toMatchObject({ count: 0, counts: [] });
  });

  it("carries every figure of trace scope", () => {
    const trace = {
      waitingTraces: 1,
      heldBytes: 2,
      tracesMax: 3,
      spansMax: 4,
      bytesMax: 5,
      tracesKept: 6,
      tracesSampledOut: 7,
      tracesDecidedEarly: 8,
      lateKept: 9,
      lateSampledOut: 10,
      cacheEntries: 11,
      cacheEntriesMax: 12,
      cacheHits: 13,
      cacheMisses: 14,
      cacheEvictions: 15,
      cacheExpirations: 16,
    };
    const decisionWait = { scale: 3, count: 2, sum: 20, min: 9, max: 11, offset: 25, counts: [1, 1] };
    const measurement = measured({ waiting: 4, trace, stages: { decisionWait } });
    expect(measurement?.trace).toEqual(trace);
    expect(measurement?.waiting).toBe(4);
    expect(measurement?.stages.decisionWait).toEqual({ ...decisionWait, zeroCount: 0 });
  });

  it("carries every figure of its destinations, of memory, and what came back from the log", () => {
    const measurement = measured({
      received: 9,
      recovered: 4,
      destinations: [DESTINATION, { name: "errors" }],
      memory: { state: "tight", limitBytes: 100, softBytes: 80 },
    });
    expect(measurement?.destinations[0]).toEqual(DESTINATION);
    expect(measurement?.destinations[1]).toMatchObject({ name: "errors", breaker: "closed", wal: "off", queuedSpans: 0, lastFailure: "" });
    expect(measurement?.memory).toEqual({ state: "tight", limitBytes: 100, softBytes: 80 });
    expect(measurement?.recovered).toBe(4);
  });

  it("carries what it says of metrics and logs, and none of a collector that is too old for them", () => {
    const numbers = {
      received: 9,
      recovered: 1,
      queued: 2,
      delivered: 4,
      dropped: 3,
      refused: 5,
      requests: 6,
      refusedRequests: 7,
      bytesReceived: 8,
      bytesDelivered: 10,
    };
    const metrics = { signal: "metrics", ...numbers, breaker: "open", lastFailure: "no route", wal: "full", walProblem: "at its bound", walBytes: 11 };
    const measurement = measured({ signals: [metrics, { signal: "logs" }] });
    expect(measurement?.signals[0]).toEqual(metrics);
    expect(measurement?.signals[1]).toMatchObject({ signal: "logs", received: 0, breaker: "closed", wal: "off", lastFailure: "" });
    expect(measured({})?.signals).toEqual([]);
  });

  it("carries what it says of its recording, and none of a collector that does not record or is too old for it", () => {
    const recording = { sinceMs: 5, bytes: 10, bytesMax: 20, share: 0.25, spansRecorded: 7, spansSkipped: 1, problem: "the disk is full" };
    expect(measured({ recording })?.recording).toEqual(recording);
    expect(measured({ recording: { share: 1 } })?.recording).toEqual({
      ...{ sinceMs: 0, bytes: 0, bytesMax: 0, share: 1, spansRecorded: 0, spansSkipped: 0, problem: "" },
    });
    expect(measured({})?.recording).toBeNull();
  });

  it("of a collector that is too old for destinations has one, filled from its queue, with nothing known of breaker, log and memory", () => {
    const measurement = measured({ queueSpans: 7, queueBytes: 700, delivered: 3, dropped: 1 });
    expect(measurement?.destinations).toEqual([
      {
        ...Object.fromEntries(Object.keys(DESTINATION).map((key) => [key, 0])),
        name: "default",
        queuedSpans: 7,
        memorySpans: 7,
        memoryBytes: 700,
        delivered: 3,
        dropped: 1,
        breaker: "closed",
        breakerSinceMs: WHEN.processStartMs,
        lastFailure: "",
        wal: "off",
        walProblem: "",
      },
    ]);
    expect(measurement?.memory).toEqual({ state: "ok", limitBytes: 0, softBytes: 0 });
    expect(measurement?.recovered).toBe(0);
  });

  it("tells a ratio of zero from none", () => {
    expect(measured({ tiers: [{ ratio: 0 }, { ratio: 0.25 }, {}] })?.tiers.map((tier) => tier.ratio)).toEqual([0, 0.25, null]);
  });

  it.each<[string, MeasurementFields]>([
    ["a ratio above 1", { tiers: [{ name: "a", ratio: 1.1 }] }],
    ["fewer than no traces", { trace: { waitingTraces: -1 } }],
    ["a figure that is no number", { trace: { heldBytes: Number.NaN } }],
    ["a state of the breaker that there is not", { destinations: [{ name: "default", breaker: "ajar" }] }],
    ["a state of memory that there is not", { memory: { state: "plenty" } }],
    ["a negative age of the log", { destinations: [{ name: "default", walAgeMs: -1 }] }],
    ["a signal that there is not", { signals: [{ signal: "profiles" }] }],
    ["more signals than there are", { signals: [{ signal: "logs" }, { signal: "logs" }, { signal: "metrics" }] }],
    ["more destinations than there may be", { destinations: Array.from({ length: 17 }, (_, at) => ({ name: `d${at}` })) }],
  ])("is refused with %s", (_what, fields) => {
    expect(measured(fields)).toBeNull();
  });
});

describe("a configuration report", () => {
  it("says what became of waiting traces, or nothing of it", () => {
    const { APPLIED } = ConfigReport.State;
    expect(reported({ state: APPLIED, carryOver: CARRIED }).data?.carryOver).toEqual({ ...CARRIED, spansLost: 0 });
    expect(reported({ state: APPLIED, carryOver: {} }).data?.carryOver).toMatchObject({ tracesCarriedOver: 0 });
    expect(reported({ state: APPLIED }).data?.carryOver).toBeNull();
  });

  it("has that only once the configuration is applied", () => {
    expect(reported({ state: ConfigReport.State.FAILED, carryOver: CARRIED }).data?.carryOver).toBeNull();
  });

  it("is refused with counts that are none", () => {
    for (const tracesCarriedOver of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(reported({ state: ConfigReport.State.APPLIED, carryOver: { tracesCarriedOver } }).success).toBe(false);
  });
});
