import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { LiveEvent, LiveTopic } from "#domain/telemetry/live.ts";
import { NO_TRACES } from "#domain/telemetry/measurement.ts";
import { CollectorSeries, SECONDS_KEPT } from "./collectorSeries.ts";
import { LiveHub, ROWS_EACH_SECOND_MAX, SERIES_MAX, SUBSCRIBERS_MAX } from "./liveHub.ts";
import { measuredAt as at, NONE as none, NO_STAGES as stages, T0 } from "./measurementTestData.ts";

const HELLO = { name: "one", labels: {}, version: "1", runningRevision: 0, runningHash: "", otlpGrpcEndpoint: null, otlpHttpEndpoint: null };

describe("one collector's seconds", () => {
  it("are differences of totals: a lost measurement loses nothing and leaves a gap", () => {
    const series = new CollectorSeries();
    for (const second of [1, 2, 5]) series.add(at(second, second * 100), T0 + second * 1_000);
    const [first] = [T0 / 1_000];
    expect([1, 2, 3, 4, 5].map((second) => series.at(first + second)?.receivedPerS ?? null)).toEqual([100, 100, null, null, 100]);
  });

  it("begin at zero when the process has restarted, and are never negative", () => {
    const series = new CollectorSeries();
    series.add(at(1, 1_000), T0 + 1_000);
    series.add(at(2, 2_000), T0 + 2_000);
    series.add(at(3, 30, { processStartMs: T0 + 2_500 }), T0 + 3_000);
    expect(series.at(T0 / 1_000 + 3)?.receivedPerS).toBe(60);
  });

  it("do not invent a rate for a process that had been running before we heard of it", () => {
    const series = new CollectorSeries();
    expect(series.add(at(500, 1e6), T0 + 500_000)).toBeNull();
    expect(series.add(at(501, 1e6 + 100), T0 + 501_000)).not.toBeNull();
    expect(series.at(T0 / 1_000 + 501)?.receivedPerS).toBe(100);
  });

  it("are put where our clock has them, whatever the collector's says", () => {
    fc.assert(
      fc.property(fc.integer({ min: -86_400_000, max: 86_400_000 }), (aheadMs) => {
        const series = new CollectorSeries();
        const filled: (number | null)[] = [];
        for (let second = 1; second <= 5; second++) {
          const nowMs = T0 + second * 1_000 + 20 - aheadMs;
          series.noteClock(T0 + second * 1_000 + 20, nowMs);
          filled.push(series.add(at(second, second * 100), nowMs));
        }
        const steps = filled.slice(1).map((second, index) => (second ?? 0) - (filled[index] ?? 0));
        const age = (T0 + 5_020 - aheadMs) / 1_000 - (filled[4] ?? 0);
        return steps.every((step) => step === 1) && Math.abs(age) < 1;
      }),
    );
  });

  it("are not moved by one slow message, and follow a clock that was set", () => {
    const series = new CollectorSeries();
    const fill = (second: number, delayMs: number, aheadMs: number) => {
      const nowMs = T0 + second * 1_000 + delayMs;
      series.noteClock(T0 + second * 1_000 + aheadMs, nowMs);
      return (series.add(at(second, second * 100, { atMs: T0 + second * 1_000 + aheadMs }), nowMs) ?? 0) - T0 / 1_000;
    };
    expect([fill(1, 900, 0), fill(2, 5, 0), fill(3, 900, 0), fill(4, 5, 0)]).toEqual([2, 2, 3, 4]);
    const afterStep = [5, 6, 7, 8, 9, 10, 11].map((second) => fill(second, 5, -60_000));
    expect(afterStep.slice(-2)).toEqual([10, 11]);
  });

  it("are taken once, within the quarter of an hour, and the rest is counted", () => {
    const series = new CollectorSeries();
    series.add(at(1_000, 100), T0 + 1_000_000);
    series.add(at(1_000, 100), T0 + 1_000_000);
    series.add(at(900, 100), T0 + 1_000_000);
    series.add(at(5_000, 100), T0 + 1_000_000);
    expect(series.ignored).toBe(3);
    expect(series.haveUntilMs).toBe(T0 + 1_000_000);
    expect(new CollectorSeries().add(at(10, 100), T0 + (SECONDS_KEPT + 20) * 1_000)).toBeNull();
  });

  it("give tier rates over the last 10 s", () => {
    const series = new CollectorSeries();
    for (let second = 1; second <= 30; second++) series.add(at(second, second <= 20 ? 0 : (second - 20) * 100), T0 + second * 1_000);
    expect(series.tierRates()).toEqual([
      { name: "default", matchedPerS: 100, keptPerS: 10, bytesMatchedPerS: 4_000, bytesKeptPerS: 4_000, ratio: { min: 0.1, max: 0.1 } },
    ]);
  });

  it("say how traces were decided, and begin at zero again when the process has restarted", () => {
    const series = new CollectorSeries();
    const decided = (second: number) => ({
      trace: {
        ...NO_TRACES,
        tracesKept: second * 3,
        tracesSampledOut: second * 7,
        tracesDecidedEarly: second * 2,
        lateKept: second * 4,
        lateSampledOut: second * 5,
      },
    });
    series.add(at(1, 100, decided(100)), T0 + 1_000);
    series.add(at(3, 300, decided(102)), T0 + 3_000);
    const rates = { tracesDecidedPerS: 10, tracesDecidedEarlyPerS: 2, lateKeptPerS: 4, lateSampledOutPerS: 5 };
    expect(series.at(T0 / 1_000 + 3)).toMatchObject(rates);
    series.add(at(4, 30, { processStartMs: T0 + 3_000, ...decided(1) }), T0 + 4_000);
    expect(series.at(T0 / 1_000 + 4)).toMatchObject(rates);
  });
});

describe("the hub", () => {
  let now: number;
  let watched: boolean[];
  let hub: LiveHub;
  beforeEach(() => {
    now = T0;
    watched = [];
    hub = new LiveHub({ nowMs: () => now, replica: "r", onWatched: (is) => watched.push(is) });
    hub.start();
    return () => hub.stop();
  });

  const connect = (id: string) => hub.connected(id, { ...HELLO, name: id }, now);
  function watch(topics: LiveTopic[]) {
    const abort = new AbortController();
    const events: LiveEvent[] = [];
    const done = (async () => {
      for await (const event of hub.subscribe(topics, abort.signal)) events.push(event);
    })();
    return {
      events,
      settled: () => new Promise((resolve) => setImmediate(resolve)),
      async close() {
        abort.abort();
        await done;
      },
    };
  }
  const points = (events: LiveEvent[]) => events.flatMap((event) => (event.kind === "fleet" ? [event.point] : []));

  it("adds up a second as soon as every collector has reported it", async () => {
    connect("a");
    connect("b");
    const tab = watch([{ kind: "fleet" }]);
    expect(watched).toEqual([true]);
    now = T0 + 1_005;
    hub.measured("a", [at(1, 100)], now);
    await tab.settled();
    expect(points(tab.events)).toEqual([]);
    hub.measured("b", [at(1, 300)], now);
    await tab.settled();
    expect(points(tab.events)).toMatchObject([
      {
        atMs: T0 + 1_000,
        receivedPerS: 400,
        sampledOutPerS: 360,
        sampleShare: 0.5,
        reporting: 2,
        expected: 2,
        rssBytes: 100,
        costMicroUsdPerHour: expect.any(Number),
      },
    ]);
    await tab.close();
  });

  it("adds up what waits for the decision on its trace, and the bounds", () => {
    connect("a");
    connect("b");
    now = T0 + 1_005;
    const waits = { ...NO_TRACES, waitingTraces: 20, heldBytes: 4_000, tracesMax: 1_000, spansMax: 5_000, bytesMax: 1e6 };
    const decisionWait = { ...none, count: 4, sum: 8 };
    hub.measured("a", [at(1, 100, { waiting: 50, trace: waits, stages: { ...stages, decisionWait } })], now);
    hub.measured("b", [at(1, 100, { waiting: 10, trace: waits, stages: { ...stages, decisionWait: { ...none, count: 1, sum: 7 } } })], now);
    now = T0 + 1_300;
    expect(hub.history({ kind: "fleet" }).points.at(-1)).toMatchObject({
      waitingSpans: 60,
      waitingTraces: 40,
      heldBytes: 8_000,
      waitingTracesMax: 2_000,
      waitingSpansMax: 10_000,
      heldBytesMax: 2e6,
      stageMeanMs: { decisionWait: 3_000, network: null },
    });
  });

  it("gives the smallest and the largest ratio in force of a tier, of the collectors that run it", () => {
    for (const id of ["a", "b", "c"]) connect(id);
    now = T0 + 1_005;
    const tier = (name: string, ratio: number | null) => ({ name, kept: 1, sampledOut: 1, bytesKept: 1, bytesSampledOut: 1, ratio });
    hub.measured("a", [at(1, 100, { tiers: [tier("budget", 0.3), tier("old", null)] })], now);
    hub.measured("b", [at(1, 100, { tiers: [tier("budget", 0.1), tier("old", null)] })], now);
    hub.measured("c", [at(1, 100, { tiers: [tier("budget", null)] })], now);
    expect(hub.tierRates()?.map(({ name, ratio }) => [name, ratio])).toEqual([
      ["budget", { min: 0.1, max: 0.3 }],
      ["old", null],
    ]);
  });

  it("passes on what became of waiting traces when a policy was applied", async () => {
    connect("a");
    const tab = watch([]);
    const carryOver = { tracesCarriedOver: 3, spansCarriedOver: 9, tracesDecidedEarly: 1, spansDecidedEarly: 2, spansLost: 0 };
    hub.reported("a", { revision: 2, state: "applied", problem: null, hash: "", tookMs: 4, carryOver });
    await tab.settled();
    expect(tab.events.at(-1)).toEqual({ kind: "configReport", collectorId: "a", revision: 2, state: "applied", problem: null, tookMs: 4, carryOver });
    await tab.close();
  });

  it("does not wait longer than the second's time for who is late, and says who is missing", async () => {
    connect("a");
    connect("b");
    const tab = watch([{ kind: "fleet" }]);
    now = T0 + 1_250;
    hub.measured("a", [at(1, 100)], now);
    hub.tick(T0 / 1_000 + 1);
    await tab.settled();
    expect(points(tab.events)).toMatchObject([{ receivedPerS: 100, reporting: 1, expected: 2 }]);
    // What comes late is in the history, and never sent out of order.
    hub.measured("b", [at(1, 300)], now);
    await tab.settled();
    expect(points(tab.events)).toHaveLength(1);
    now = T0 + 2_250;
    expect(hub.history({ kind: "fleet" }).points.at(-2)).toMatchObject({ receivedPerS: 400, reporting: 2 });
    await tab.close();
  });

  it("gives no sum of the newest seconds before every collector has spoken of them", () => {
    connect("a");
    connect("b");
    now = T0 + 4_300;
    hub.measured("a", [at(1, 100), at(2, 200), at(3, 300), at(4, 400)], now);
    hub.measured("b", [at(1, 10), at(2, 20)], now);
    const received = () =>
      hub
        .history({ kind: "fleet" })
        .points.slice(-3)
        .map((point) => point?.receivedPerS ?? null);
    expect(received()).toEqual([110, null, null]);
    hub.measured("b", [at(3, 30), at(4, 40)], now);
    expect(received()).toEqual([110, 110, 110]);
  });

  it("leaves a gap where nobody reported", () => {
    connect("a");
    now = T0 + 3_300;
    hub.measured("a", [at(1, 100), at(3, 300)], now);
    const { fromMs, points: all } = hub.history({ kind: "fleet" });
    expect(all).toHaveLength(SECONDS_KEPT);
    expect(all.slice(-4).map((point) => point?.receivedPerS ?? null)).toEqual([null, 100, null, 100]);
    expect(fromMs + (SECONDS_KEPT - 1) * 1_000).toBe(T0 + 3_000);
  });

  it("prices the past anew when the price changes", () => {
    connect("a");
    now = T0 + 1_300;
    hub.measured("a", [at(1, 1_000_000)], now);
    hub.tick(T0 / 1_000 + 1);
    hub.setPrice({ microUsdPerGbKept: 1_000_000, microUsdPerCollectorHour: 5 });
    // 40 MB/s kept = 144 GB an hour, 400 MB/s received = 1,440 GB.
    expect(hub.history({ kind: "fleet" }).points.at(-1)).toMatchObject({ costMicroUsdPerHour: 144_000_005, unsampledCostMicroUsdPerHour: 1_440_000_000 });
  });

  it("keeps what it knows of a collector that is connected, also when a list comes that was read before that one enrolled", () => {
    connect("a");
    hub.reported("a", { revision: 7, state: "applied", problem: null, hash: "ab", tookMs: 1, carryOver: null });
    hub.setDirectory({ records: [] });
    expect(hub.row("a")).toMatchObject({ runningRevision: 7, runningHash: "ab" });
    hub.disconnected("a");
    hub.setDirectory({ records: [] });
    expect(hub.row("a")).toBeNull();
  });

  it("sends the rows of few collectors each second, and of thousands every five", async () => {
    const record = { ...HELLO, lastSeenMs: null, replica: null, everReceived: false, report: null, assigned: null };
    const sentInTenSeconds = async (count: number) => {
      hub.setDirectory({ records: Array.from({ length: count }, (_, at) => ({ ...record, id: String(at) })) });
      const tab = watch([{ kind: "collectors" }]);
      await tab.settled();
      const before = tab.events.length;
      for (let second = 1; second <= 10; second++) {
        now += 1_000;
        hub.tick(now / 1_000);
        await tab.settled();
      }
      await tab.close();
      return tab.events.length - before;
    };
    expect(await sentInTenSeconds(ROWS_EACH_SECOND_MAX)).toBe(10);
    expect(await sentInTenSeconds(ROWS_EACH_SECOND_MAX + 1)).toBe(2);
  });

  it("tells a new tab what it knows already, and every tab when the database goes and comes", async () => {
    connect("a");
    now = T0 + 1_300;
    hub.measured("a", [at(1, 100)], now);
    const tab = watch([{ kind: "fleet" }, { kind: "collectors" }, { kind: "collector", id: "a" }]);
    await tab.settled();
    expect(tab.events.map((event) => event.kind)).toEqual(["health", "collectors", "fleet", "collector"]);
    hub.setDatabase("down");
    hub.setDatabase("down");
    hub.setDatabase("up");
    await tab.settled();
    expect(tab.events.slice(4)).toEqual([{ kind: "health", database: "up", sinceMs: now }]);
    await tab.close();
  });

  it("says what a collector has recorded, that it records nothing, and nothing before it has said so", () => {
    connect("a");
    const recording = { sinceMs: T0, bytes: 1, bytesMax: 2, share: 0.5, spansRecorded: 3, spansSkipped: 0, problem: "" };
    expect(hub.row("a")?.recording).toBeNull();
    now = T0 + 1_300;
    hub.measured("a", [{ ...at(1, 100), recording }], now);
    expect(hub.row("a")?.recording).toEqual({ kind: "on", ...recording });
    now = T0 + 2_300;
    hub.measured("a", [at(2, 200)], now);
    expect(hub.row("a")?.recording).toEqual({ kind: "off" });
  });

  it("keeps states apart: online, silent for too long, gone", () => {
    connect("a");
    expect(hub.row("a")?.state).toBe("online");
    now += 26_000;
    expect(hub.row("a")?.state).toBe("stale");
    hub.disconnected("a");
    expect(hub.row("a")).toMatchObject({ state: "offline", receivedPerS: null, rssBytes: null });
  });

  it("stays within its bounds when overfilled, and counts what it turns away", () => {
    for (let i = 0; i < SERIES_MAX + 5; i++) connect(`c${i}`);
    expect(hub.counters.seriesRefused).toBe(5);
    hub.disconnected("c0");
    connect("newcomer");
    expect(hub.counters.seriesRefused).toBe(5);
    const signal = new AbortController().signal;
    for (let i = 0; i < SUBSCRIBERS_MAX; i++) hub.subscribe([], signal);
    expect(() => hub.subscribe([], signal)).toThrow("are watching already");
    expect(hub.counters.subscribersRefused).toBe(1);
  });
});
