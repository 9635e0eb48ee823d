import { describe, expect, it } from "vitest";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { livePoint } from "../charts/livePointFixture.ts";
import { collectorStatus } from "./collectorStatus.ts";
import { figures } from "./figures.ts";
import { matchesFilter } from "./matchesFilter.ts";
import { memorySlope } from "./memorySlope.ts";
import { createTrendStore, TRENDS_MAX } from "./trendStore.ts";

const healthy: CollectorRow = {
  id: "c1",
  name: "otel-gw-eu-07",
  labels: { env: "prod", region: "eu" },
  version: "0.1.0",
  state: "online",
  lastSeenMs: 100_000,
  connectedSinceMs: 0,
  runningRevision: 3,
  runningHash: "ab",
  configState: "in-sync",
  configProblem: null,
  receivedPerS: 10,
  keptPerS: 1,
  ackP99Ms: 4,
  queueSpans: 10,
  queueCapacitySpans: 100,
  rssBytes: 1,
  cpuCores: 0.1,
  costMicroUsdPerHour: 1,
  otlpGrpcEndpoint: null,
  otlpHttpEndpoint: null,
  archiveBytes: null,
  archiveBytesMax: null,
  sampleShare: null,
};

describe("collectorStatus", () => {
  const word = (over: Partial<CollectorRow>) => collectorStatus({ ...healthy, ...over }, 220_000).word;
  it("says the worst that is true", () => {
    expect(word({})).toBe("healthy");
    expect(word({ queueSpans: 81 })).toBe("queueing");
    expect(word({ queueSpans: 81, configState: "failed" })).toBe("configuration refused");
    expect(word({ state: "stale" })).toBe("silent 2 min");
    expect(word({ state: "offline", configState: "failed" })).toBe("offline 2 min");
    expect(word({ state: "offline", lastSeenMs: null })).toBe("never seen");
  });
});

describe("matchesFilter", () => {
  it("wants every word, in names, labels or states", () => {
    expect(matchesFilter(healthy, "")).toBe(true);
    expect(matchesFilter(healthy, "EU-07 env=prod")).toBe(true);
    expect(matchesFilter(healthy, "eu offline")).toBe(false);
  });
});

describe("memorySlope", () => {
  it("gives bytes per minute over gaps, and nothing for less than two minutes", () => {
    const points = Array.from({ length: 300 }, (_, index) => (index % 9 === 0 ? null : livePoint({ rssBytes: 1e8 + index * 1000 })));
    expect(memorySlope(points)).toBeCloseTo(60_000, 0);
    expect(memorySlope(points.slice(0, 100))).toBeNull();
  });
});

describe("figures", () => {
  const viewOf = (points: (ReturnType<typeof livePoint> | null)[]) => ({ fromMs: 0, points, loaded: true });
  it("shows dashes where nothing was measured", () => {
    const shown = figures(viewOf([null]), null, 0);
    expect(shown.map((figure) => figure.value)).toEqual(["—", "—", "—", "—", "—"]);
  });

  it("warns of a P99 above 100 ms only when it is more than twice the usual", () => {
    const calm = Array.from({ length: 50 }, () => livePoint({ ackP99Ms: 20 }));
    expect(figures(viewOf([...calm, livePoint({ ackP99Ms: 212 })]), null, 0)[2]).toMatchObject({ value: "212", unit: "ms", tone: "warn" });
    expect(figures(viewOf(Array.from({ length: 50 }, () => livePoint({ ackP99Ms: 212 }))), null, 0)[2].tone).toBeUndefined();
  });

  it("adds up what was dropped in the window, and says when the ledger does not balance", () => {
    const ledger = { received: 1, sampledOut: 0, waiting: 0, queued: 0, delivered: 0, dropped: 1, balanced: false, checkedAtMs: 0 };
    expect(figures(viewOf([livePoint({ droppedPerS: 3 }), null, livePoint({ droppedPerS: 4 })]), ledger, 2000)[3]).toMatchObject({
      value: "7",
      tone: "bad",
      below: "ledger does not balance · 2 s ago",
    });
  });
});

describe("trendStore", () => {
  it("keeps means of 15 seconds, with gaps", () => {
    const store = createTrendStore();
    store.pushRows([{ id: "a", receivedPerS: 10 }], 900_000);
    store.pushRows([{ id: "a", receivedPerS: 20 }], 901_000);
    store.pushRows([{ id: "a", receivedPerS: 40 }], 931_000);
    expect(store.values("a", 931_000).slice(-4)).toEqual([null, 15, null, 40]);
  });

  it("turns collectors away beyond its bound, and counts them", () => {
    const store = createTrendStore();
    store.pushRows(
      Array.from({ length: TRENDS_MAX + 2 }, (_, index) => ({ id: `c${index}`, receivedPerS: 1 })),
      0,
    );
    expect(store.turnedAway()).toBe(2);
    expect(store.values(`c${TRENDS_MAX + 1}`, 0).every((value) => value === null)).toBe(true);
  });
});
