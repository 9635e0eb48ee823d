import { describe, expect, it } from "vitest";
import { NO_TRACES } from "#domain/telemetry/measurement.ts";
import { GcPauses } from "../self/gcPauses.ts";
import { Ledger } from "../self/ledger.ts";
import type { PlaneFigures } from "../self/planeFigures.ts";
import { SignalLedger } from "../self/signalLedger.ts";
import { StageTimers } from "../self/stageTimers.ts";
import { mergeFigures } from "./mergeFigures.ts";

function figures(
  over: { ledger?: Ledger; signalLedger?: SignalLedger; seconds?: number[]; breaker?: "closed" | "half-open" | "open"; sinceMs?: number; ratio?: number } = {},
): PlaneFigures {
  const { ledger = new Ledger(), signalLedger = new SignalLedger(), seconds = [], breaker = "closed", sinceMs = 1, ratio = 1 } = over;
  const timers = new StageTimers();
  const pauses = new GcPauses();
  pauses.record("minor", 1.5);
  for (const one of seconds) {
    timers.record("export", one);
    timers.acknowledged(one);
  }
  const stage = (name: keyof typeof timers.totals) => ({
    cumulative: timers.totals[name].cumulative(),
    count: timers.totals[name].count,
    sum: timers.totals[name].sum,
  });
  return {
    ledger: ledger.figures(),
    timers: {
      stages: {
        ...{ network: stage("network"), queueWait: stage("queueWait"), decisionWait: stage("decisionWait") },
        ...{ processing: stage("processing"), serialization: stage("serialization"), export: stage("export") },
      },
      acknowledgements: { ...timers.acknowledgementTotal },
      lastMinute: timers.lastMinute().snapshot(),
    },
    destinations: [
      {
        ...{
          name: "default",
          queuedSpans: 3,
          memorySpans: 2,
          memoryBytes: 200,
          delivered: 5,
          dropped: 1,
          firstTries: 4,
          retries: 1,
          failedTries: 1,
          retriesHeldBack: 0,
        },
        ...{ breaker, breakerSinceMs: sinceMs, breakerOpened: 1, lastFailure: `at ${sinceMs}`, lastFailureMs: sinceMs },
        ...{
          wal: "ok",
          walProblem: "",
          walBytes: 10,
          walBytesMax: 100,
          walAgeMs: sinceMs,
          walOnlySpans: 1,
          batchSize: 512,
          batchSizeMin: 512,
          batchSizeMax: 8192,
        },
      },
    ],
    receivers: { handshakesFailed: 1, connectionsTurnedAway: 2, reloads: 3, reloadsFailed: 1, certificateNotAfterMs: sinceMs },
    signals: [
      { signal: "metrics", ...signalLedger.figures(), destination: undefined },
      { signal: "logs", ...new SignalLedger().figures(), destination: undefined },
    ],
    grpcConnectionsEnded: new Map([["client", 2]]),
    memory: { state: breaker === "open" ? "tight" : "ok", limitBytes: 1000, softBytes: 800 },
    waitingLogBytes: 7,
    recording: { sinceMs, bytes: 1, bytesMax: 2, share: ratio, spansRecorded: 3, spansSkipped: 4, problem: breaker === "open" ? "the disk is full" : "" },
    archive: { bytes: 1, bytesMax: 2, filesDeleted: 3, bytesDeleted: 4 },
    trace: { ...NO_TRACES, waitingTraces: 2, tracesMax: 10 },
    decidedByCause: new Map([["wait", 2]]),
    overlaps: null,
    keepAll: [],
    tierKeys: new Map(),
    ratios: new Map([["default", ratio]]),
    queueCapacity: { spans: 100, bytes: 1000 },
    heap: { usedBytes: 10, totalBytes: 15, externalBytes: 20, arrayBuffersBytes: 12 },
    gc: pauses.figures(),
  };
}

function ledgerWith(tier: string, sampledOut: number): Ledger {
  const ledger = new Ledger();
  const [{ id }] = ledger.tiersOf([tier]);
  ledger.acceptWaiting(10, false);
  ledger.sampleOutWaiting(id, sampledOut, 100);
  ledger.queueWaiting(id, 10 - sampledOut, 50);
  ledger.drop("shutdown", 1);
  ledger.refuse("busy", 2);
  return ledger;
}

describe("mergeFigures", () => {
  it("adds up every count of the ledger, so that it balances as each of them does", () => {
    const all = [figures({ ledger: ledgerWith("errors", 4) }), figures({ ledger: ledgerWith("default", 6) }), figures({ ledger: ledgerWith("errors", 1) })];
    const { ledger } = mergeFigures(all);
    expect(ledger).toMatchObject({ received: 30, sampledOut: 11, queued: 16, dropped: 3, refused: 6, refusedRequests: 3 });
    expect(ledger.received).toBe(ledger.sampledOut + ledger.waiting + ledger.queued + ledger.delivered + ledger.dropped);
    expect(ledger.tiers.map(({ name, sampledOut, kept }) => [name, sampledOut, kept])).toEqual([
      ["errors", 5, 15],
      ["default", 6, 4],
    ]);
    expect(ledger.droppedByReason.get("shutdown")).toEqual({ spans: 3, requests: 3 });
    // What was merged stays as it was.
    expect(all[0].ledger.received).toBe(10);
    expect(all[0].ledger.droppedByReason.get("shutdown")).toEqual({ spans: 1, requests: 1 });
  });

  it("adds up metrics and logs, each by itself", () => {
    const signalLedger = new SignalLedger();
    signalLedger.accept(10, 100);
    signalLedger.deliver(4, 40);
    signalLedger.drop("shutdown", 1);
    signalLedger.refuse("busy", 2);
    const [metrics, logs] = mergeFigures([figures({ signalLedger }), figures(), figures({ signalLedger })]).signals;
    expect(metrics).toMatchObject({ signal: "metrics", received: 20, queued: 10, delivered: 8, dropped: 2, refused: 4, requests: 2, bytesAccepted: 200 });
    expect(metrics.droppedByReason.get("shutdown")).toEqual({ spans: 2, requests: 2 });
    expect(metrics.refusedByReason.get("busy")).toEqual({ spans: 4, requests: 2 });
    expect(logs).toMatchObject({ signal: "logs", received: 0, destination: undefined });
  });

  it("merges durations without averaging percentiles", () => {
    const { timers } = mergeFigures([figures({ seconds: [0.001, 0.001, 0.001] }), figures({ seconds: [1] })]);
    expect(timers.lastMinute).toMatchObject({ count: 4, max: 1 });
    expect(timers.acknowledgements).toEqual({ count: 4, sum: 1.003 });
    expect(timers.stages.export.cumulative.at(-1)).toBe(4);
  });

  it("of a destination gives the worst state, since when, and the last failure", () => {
    const { destinations, memory } = mergeFigures([
      figures({ sinceMs: 9 }),
      figures({ breaker: "open", sinceMs: 5 }),
      figures({ breaker: "half-open", sinceMs: 7 }),
    ]);
    expect(destinations).toHaveLength(1);
    expect(destinations[0]).toMatchObject({ name: "default", breaker: "open", breakerSinceMs: 5, lastFailure: "at 9", lastFailureMs: 9, walAgeMs: 9 });
    expect(destinations[0]).toMatchObject({ queuedSpans: 9, delivered: 15, walBytes: 30, walBytesMax: 300, batchSize: 512, breakerOpened: 3 });
    expect(memory).toEqual({ state: "tight", limitBytes: 1000, softBytes: 800 });
  });

  it("gives the mean of the ratios in force, and the sum of capacities", () => {
    const merged = mergeFigures([figures({ ratio: 0.2 }), figures({ ratio: 0.4 })]);
    expect(merged.ratios.get("default")).toBeCloseTo(0.3);
    expect(merged).toMatchObject({
      queueCapacity: { spans: 200, bytes: 2000 },
      heap: { usedBytes: 20, totalBytes: 30, externalBytes: 40, arrayBuffersBytes: 24 },
      trace: { waitingTraces: 4, tracesMax: 20 },
    });
    expect(merged.decidedByCause.get("wait")).toBe(4);
    expect([merged.gc.minor.count, merged.gc.minor.sum, merged.gc.minor.cumulative[2], merged.gc.minor.cumulative[3]]).toEqual([2, 0.003, 0, 2]);
  });

  it("adds up what the receivers turned away, and of their files, which are the same, gives what the furthest has read", () => {
    expect(mergeFigures([figures({ sinceMs: 5 }), figures({ sinceMs: 9 })]).receivers).toEqual({
      ...{ handshakesFailed: 2, connectionsTurnedAway: 4, reloads: 3, reloadsFailed: 1, certificateNotAfterMs: 5 },
    });
  });

  it("of recordings gives the lowest share, the oldest begin, any problem, and the sums", () => {
    const merged = mergeFigures([figures({ sinceMs: 7, ratio: 0.5 }), figures({ sinceMs: 0 }), figures({ sinceMs: 9, ratio: 0.25, breaker: "open" })]);
    expect(merged.recording).toEqual({ sinceMs: 7, bytes: 3, bytesMax: 6, share: 0.25, spansRecorded: 9, spansSkipped: 12, problem: "the disk is full" });
    expect(mergeFigures([1, 2].map(() => ({ ...figures(), recording: null }))).recording).toBeNull();
  });

  it("leaves one as it is", () => {
    const one = figures();
    expect(mergeFigures([one])).toBe(one);
  });
});
