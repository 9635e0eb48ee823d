import { describe, expect, it } from "vitest";
import type { CollectorRow, LivePoint } from "#domain/telemetry/live.ts";
import { livePoint } from "#domain/telemetry/livePointTestData.ts";
import { collectorStatus } from "./collectorStatus.ts";
import { figures } from "./figures.ts";
import { matchesFilter } from "./matchesFilter.ts";
import { memoryTrend } from "./memoryTrendWords.ts";
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
  group: { id: "default", name: "All other collectors" },
  otherGroups: [],
  assignedRevision: 1,
  overriddenUntilMs: null,
  rollout: null,
  receivedPerS: 10,
  keptPerS: 1,
  ackP99Ms: 4,
  queueSpans: 10,
  queueCapacitySpans: 100,
  rssBytes: 1,
  runtime: null,
  recording: null,
  cpuCores: 0.1,
  costMicroUsdPerHour: 1,
  otlpGrpcEndpoint: null,
  otlpHttpEndpoint: null,
  archiveBytes: null,
  archiveBytesMax: null,
  sampleShare: null,
  delivery: null,
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
    const delivery = { breakers: [], logs: [{ destination: "default", state: "full" as const, problem: "" }], memory: "ok" as const };
    expect(word({ queueSpans: 81, delivery })).toBe("log full");
    expect(word({ state: "stale", delivery })).toBe("silent 2 min");
  });
});

describe("matchesFilter", () => {
  it("wants every word, in names, labels or states", () => {
    expect(matchesFilter(healthy, "")).toBe(true);
    expect(matchesFilter(healthy, "EU-07 env=prod")).toBe(true);
    expect(matchesFilter(healthy, "eu offline")).toBe(false);
  });
});

describe("memoryTrend", () => {
  const MINUTE_BYTES = 6_000_000;
  const noise = (index: number) => Math.sin(index * 12.9898) * 40_000;
  const viewOf = (points: (ReturnType<typeof livePoint> | null)[]) => ({ fromMs: 0, points, loaded: true });
  const growing = (over: Partial<LivePoint> = {}) =>
    Array.from({ length: 900 }, (_, index) =>
      index % 9 === 0 ? null : livePoint({ rssBytes: 3e8 + (index * MINUTE_BYTES) / 60 + noise(index), memoryLimitBytes: 480_000_000, ...over }),
    );

  it("gives the slope and the time to the limit, over gaps", () => expect(memoryTrend(viewOf(growing()))).toBe("+6 MB/min, at the limit in 15 min"));

  it("makes no forecast without a limit, and no trend of noise", () => {
    expect(memoryTrend(viewOf(growing({ memoryLimitBytes: null })))).toBe("+6 MB/min");
    expect(memoryTrend(viewOf(Array.from({ length: 900 }, (_, index) => livePoint({ rssBytes: 1e8 + noise(index) }))))).toBe("no trend");
  });

  it("says nothing of a minute or two, and is not moved by a collector that came", () => {
    expect(memoryTrend(viewOf(growing().slice(0, 100)))).toBe("");
    expect(memoryTrend(viewOf([]))).toBe("");
    const joined = Array.from({ length: 900 }, (_, index) => livePoint({ reporting: index < 500 ? 1 : 2, rssBytes: (index < 500 ? 1e8 : 2e8) + noise(index) }));
    expect(memoryTrend(viewOf(joined))).toBe("no trend");
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
    const ledger = { received: 1, recovered: 0, sampledOut: 0, waiting: 0, queued: 0, delivered: 0, dropped: 1, balanced: false, checkedAtMs: 0 };
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
