import { beforeEach, describe, expect, it } from "vitest";
import type { DeliveryChange } from "#domain/telemetry/delivery.ts";
import type { LiveEvent, LiveTopic } from "#domain/telemetry/live.ts";
import { CHANGES_MAX, ChangeLog } from "./changeLog.ts";
import { CollectorSeries } from "./collectorSeries.ts";
import { FLEET_CHANGES_MAX, FleetChanges, mergeChanges } from "./fleetChanges.ts";
import { LiveHub } from "./liveHub.ts";
import { destination, measuredAt, T0 } from "./measurementTestData.ts";
import type { OwnChange } from "./noticeChanges.ts";
import { REASONS_MAX, reasonRates, toldReasons } from "./reasonRates.ts";

const HELLO = { labels: {}, version: "1", runningRevision: 0, runningHash: "", otlpGrpcEndpoint: null, otlpHttpEndpoint: null };
const reason = (name: string, spans: number, requests = 0) => ({ reason: name, spans, requests });
const ms = (second: number) => T0 + second * 1_000;

describe("a second of delivery", () => {
  it("does not count what came back from the log as received, and the ledger does", () => {
    const series = new CollectorSeries();
    series.add(measuredAt(1, 5_100, { recovered: 5_000, processStartMs: T0 }), ms(1));
    series.add(measuredAt(2, 5_200, { recovered: 5_000, processStartMs: T0 }), ms(2));
    expect(series.at(T0 / 1_000 + 1)?.receivedPerS).toBe(100);
    expect(series.at(T0 / 1_000 + 2)?.receivedPerS).toBe(100);
    expect(series.ledger(ms(2))).toMatchObject({ received: 5_200, recovered: 5_000 });
  });

  it("adds up tries of all destinations, and one that is taken out hides nothing of the others", () => {
    const series = new CollectorSeries();
    const tries = (name: string, retries: number, failedTries: number) => destination({ name, retries, failedTries });
    series.add(measuredAt(1, 0, { destinations: [tries("default", 0, 0), tries("errors", 900, 900)] }), ms(1));
    series.add(measuredAt(2, 0, { destinations: [tries("default", 4, 6)] }), ms(2));
    expect(series.at(T0 / 1_000 + 2)).toMatchObject({ retriesPerS: 4, failedTriesPerS: 6, breakersAll: 1 });
  });

  it("tells shedding from other drops", () => {
    const series = new CollectorSeries();
    const dropped = (shed: number, other: number) => ({
      dropped: shed + other,
      droppedByReason: [reason("shed:default", shed), reason("retry_exhausted", other)],
    });
    series.add(measuredAt(1, 0, dropped(0, 0)), ms(1));
    series.add(measuredAt(2, 0, dropped(30, 5)), ms(2));
    expect(series.at(T0 / 1_000 + 2)).toMatchObject({ shedPerS: 30, droppedPerS: 35 });
  });
});

describe("reasons", () => {
  it("have rates against what was, totals, and the most frequent first; what never happened is left out", () => {
    const base = measuredAt(0, 0, { droppedByReason: [reason("shutdown", 10)], refusedByReason: [reason("queue_full", 100, 1)] });
    const now = measuredAt(10, 0, {
      droppedByReason: [reason("shutdown", 10), reason("shed:default", 50), reason("never", 0)],
      refusedByReason: [reason("queue_full", 300, 3), reason("memory_limit", 0, 40)],
    });
    expect(toldReasons([reasonRates(now, base, 10)])).toEqual({
      dropped: [
        { reason: "shed:default", spansPerS: 5, requestsPerS: 0, spans: 50, requests: 0 },
        { reason: "shutdown", spansPerS: 0, requestsPerS: 0, spans: 10, requests: 0 },
      ],
      refused: [
        { reason: "queue_full", spansPerS: 20, requestsPerS: 0.2, spans: 300, requests: 3 },
        { reason: "memory_limit", spansPerS: 0, requestsPerS: 4, spans: 0, requests: 40 },
      ],
    });
  });

  it("are added up by name, and beyond the bound told together, so that the sum stays true", () => {
    const many = reasonRates(measuredAt(1, 0, { droppedByReason: Array.from({ length: 300 }, (_, at) => reason(`shed:tier ${at}`, at + 1)) }), null, 1);
    const { dropped } = toldReasons([many, many]);
    expect(dropped).toHaveLength(REASONS_MAX);
    expect(dropped.reduce((sum, { spans }) => sum + spans, 0)).toBe(300 * 301);
    expect(dropped.at(-1)?.reason).toMatch(/^others \(\d+\)$/);
  });
});

describe("the log of changes", () => {
  const change = (at: number): OwnChange => ({ kind: "memory", atMs: at, destination: "", reason: "", state: "ok" });
  it("keeps the newest when overfilled, counts what is missing, and forgets what is older than its window", () => {
    const log = new ChangeLog(10_000);
    for (let at = 1; at <= CHANGES_MAX + 7; at++) log.add([change(at)]);
    expect(log.within(5_000)).toMatchObject({ leftOut: 7 });
    expect(log.within(5_000).changes).toHaveLength(CHANGES_MAX);
    expect(log.within(5_000).changes[0].atMs).toBe(8);
    expect(log.within(10_000 + CHANGES_MAX).changes).toHaveLength(8);
    expect(log.within(60_000)).toEqual({ changes: [], leftOut: 0 });
  });

  it("puts late ones in their place", () => {
    const log = new ChangeLog(10_000);
    log.add([change(5)]);
    log.add([change(3)]);
    expect(log.within(10).changes.map(({ atMs }) => atMs)).toEqual([3, 5]);
  });

  it("of the fleet is bounded too, and what finds no room is counted", () => {
    const all = Array.from({ length: FLEET_CHANGES_MAX }, (_, at) => change(at));
    const merged = mergeChanges([
      { id: "a", name: "A", changes: all, leftOut: 2 },
      { id: "b", name: "B", changes: [change(9_000)], leftOut: 0 },
    ]);
    expect(merged.changesLeftOut).toBe(3);
    expect(merged.changes).toHaveLength(FLEET_CHANGES_MAX);
    expect(merged.changes.at(-1)).toMatchObject({ collectorId: "b", collectorName: "B" });
    const waiting = new FleetChanges();
    expect(waiting.add("a", "A", all)).toBe(0);
    expect(waiting.add("b", "B", [change(1), change(2)])).toBe(2);
    expect(waiting.take().changes).toHaveLength(FLEET_CHANGES_MAX);
    expect(waiting.take()).toEqual({ seq: 2, changes: [] });
  });
});

describe("the hub", () => {
  let now: number;
  let hub: LiveHub;
  beforeEach(() => {
    now = T0;
    hub = new LiveHub({ nowMs: () => now, replica: "r", onWatched: () => {} });
    hub.start();
    return () => hub.stop();
  });
  const connect = (id: string) => hub.connected(id, { ...HELLO, name: `gw-${id}` }, now);
  const measured = (id: string, second: number, over: Parameters<typeof destination>[0], more: Parameters<typeof measuredAt>[2] = {}) => {
    now = ms(second) + 5;
    hub.measured(id, [measuredAt(second, 100 * second, { destinations: [destination(over)], ...more })], now);
  };
  const OPEN = { breaker: "open", breakerOpened: 1, breakerSinceMs: ms(1.5), lastFailure: "refused", queuedSpans: 40 } as const;

  function watch(topics: LiveTopic[]) {
    const abort = new AbortController();
    const events: LiveEvent[] = [];
    const done = (async () => {
      for await (const event of hub.subscribe(topics, abort.signal)) events.push(event);
    })();
    const close = () => {
      abort.abort();
      return done;
    };
    const changes = () => events.flatMap((event): DeliveryChange[] => (event.kind === "delivery" ? event.changes : []));
    return { changes, settled: () => new Promise((resolve) => setImmediate(resolve)), close };
  }

  it("tells a change of a breaker once, within the second, to who watches that collector, and keeps it for who comes later", async () => {
    connect("a");
    connect("b");
    const [fleet, own, other] = [watch([{ kind: "fleet" }]), watch([{ kind: "collector", id: "a" }]), watch([{ kind: "collector", id: "b" }])];
    measured("a", 1, {});
    measured("a", 2, OPEN);
    hub.tick(T0 / 1_000 + 2);
    hub.tick(T0 / 1_000 + 3);
    await fleet.settled();
    const change = {
      kind: "breaker",
      collectorId: "a",
      collectorName: "gw-a",
      destination: "default",
      state: "open",
      times: 1,
      atMs: ms(1.5),
      reason: "refused",
    };
    expect(fleet.changes()).toEqual([change]);
    expect(own.changes()).toEqual([change]);
    expect(other.changes()).toEqual([]);
    for (const tab of [fleet, own, other]) await tab.close();
    expect(hub.history({ kind: "fleet" })).toMatchObject({ changes: [change], changesLeftOut: 0, delivery: null });
    expect(hub.history({ kind: "collector", id: "a" }).changes).toEqual([change]);
    expect(hub.history({ kind: "collector", id: "b" }).changes).toEqual([]);
    now = ms(2_000);
    expect(hub.history({ kind: "fleet" }).changes).toEqual([]);
  });

  it("has no event of what nobody watched", async () => {
    connect("a");
    measured("a", 1, {});
    measured("a", 2, OPEN);
    const tab = watch([{ kind: "fleet" }]);
    hub.tick(T0 / 1_000 + 2);
    await tab.settled();
    expect(tab.changes()).toEqual([]);
    await tab.close();
  });

  it("adds up breakers, logs, batches and memory of the fleet", () => {
    connect("a");
    connect("b");
    const log = { wal: "full", walBytes: 500, walBytesMax: 500, walAgeMs: 9_000, walOnlySpans: 30, batchSize: 8_192 } as const;
    measured("a", 1, { ...OPEN, ...log, memorySpans: 10 }, { memory: { state: "tight", limitBytes: 500, softBytes: 400 } });
    measured("b", 1, { wal: "off", walBytes: 0, breaker: "half-open", batchSize: 1_024, batchSizeMin: 256 });
    now = ms(1.3);
    expect(hub.history({ kind: "fleet" }).points.at(-1)).toMatchObject({
      breakersOpen: 1,
      breakersHalfOpen: 1,
      breakersAll: 2,
      logs: 1,
      logsInTrouble: 1,
      walBytes: 500,
      walBytesMax: 500,
      walAgeMs: 9_000,
      walOnlySpans: 30,
      queueSpans: 15,
      batchSize: { smallest: 1_024, largest: 8_192, min: 256, max: 8_192 },
      memorySoftBytes: 800,
      memoryLimitBytes: 1_000,
      memoryTight: 1,
      memoryFull: 0,
    });
  });

  it("gives no limit of memory and no size of a batch where a collector doesn't say", () => {
    connect("a");
    connect("b");
    measured("a", 1, {});
    measured("b", 1, { batchSize: 0, batchSizeMin: 0, batchSizeMax: 0 }, { memory: { state: "ok", limitBytes: 0, softBytes: 0 } });
    now = ms(1.3);
    const both = hub.history({ kind: "fleet" }).points.at(-1);
    expect(both).toMatchObject({ memoryLimitBytes: null, memorySoftBytes: null, batchSize: { smallest: 512, largest: 512 } });
    expect(hub.history({ kind: "collector", id: "b" }).points.at(-1)).toMatchObject({ batchSize: null });
  });

  it("says in a row what is not as it should be, and how long the log lasts as it grows now", () => {
    connect("a");
    measured("a", 1, { walBytes: 100_000, walBytesMax: 1_000_000 });
    expect(hub.row("a")?.delivery).toEqual({ breakers: [], logs: [], memory: "ok" });
    measured("a", 11, { ...OPEN, wal: "behind", walProblem: "slow disk", walBytes: 200_000, walBytesMax: 1_000_000 });
    const breaker = { destination: "default", state: "open", sinceMs: ms(1.5), lastFailure: "refused", queuedSpans: 40 };
    expect(hub.row("a")?.delivery).toEqual({
      breakers: [{ ...breaker, log: { bytes: 200_000, bytesMax: 1_000_000, fullInMs: 80_000 } }],
      logs: [{ destination: "default", state: "behind", problem: "slow disk" }],
      memory: "ok",
    });
    hub.disconnected("a");
    expect(hub.row("a")?.delivery).toBeNull();
  });

  it("knows since when a breaker has not been closed, over its probes, and begins anew once it was closed", () => {
    connect("a");
    measured("a", 1, {});
    measured("a", 2, OPEN);
    measured("a", 32, { ...OPEN, breaker: "half-open", breakerSinceMs: ms(31.5) });
    measured("a", 33, { ...OPEN, breakerOpened: 2, breakerSinceMs: ms(32.5) });
    expect(hub.row("a")?.delivery?.breakers).toMatchObject([{ state: "open", sinceMs: ms(1.5) }]);
    expect(hub.history({ kind: "collector", id: "a" }).delivery?.destinations[0]).toMatchObject({ breakerSinceMs: ms(32.5), notClosedSinceMs: ms(1.5) });
    measured("a", 40, { breakerOpened: 2, breakerSinceMs: ms(39) });
    expect(hub.history({ kind: "collector", id: "a" }).delivery?.destinations[0].notClosedSinceMs).toBeNull();
    measured("a", 50, { ...OPEN, breakerOpened: 3, breakerSinceMs: ms(49) });
    expect(hub.row("a")?.delivery?.breakers).toMatchObject([{ sinceMs: ms(49) }]);
  });

  it("brings the times of breakers to its own clock", () => {
    const aheadMs = 3_600_000;
    hub.connected("a", { ...HELLO, name: "gw-a" }, T0 + aheadMs);
    const shifted = { ...OPEN, breakerSinceMs: ms(1.5) + aheadMs, lastFailureMs: ms(1.4) + aheadMs };
    for (const [second, over] of [[1, { breakerSinceMs: T0 + aheadMs }] as const, [2, shifted] as const]) {
      now = ms(second);
      hub.measured("a", [measuredAt(second, 0, { atMs: now + aheadMs, processStartMs: T0 + aheadMs, destinations: [destination(over)] })], now + aheadMs);
    }
    const { delivery, changes } = hub.history({ kind: "collector", id: "a" });
    expect(delivery?.destinations[0]).toMatchObject({ breakerSinceMs: ms(1.5), lastFailureMs: ms(1.4) });
    expect(delivery?.atMs).toBe(ms(2));
    expect(changes.map(({ atMs }) => atMs)).toEqual([ms(1.5)]);
  });
});
