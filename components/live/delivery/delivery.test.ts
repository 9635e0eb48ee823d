import { describe, expect, it } from "vitest";
import type { DeliveryChange } from "#domain/telemetry/delivery.ts";
import type { LivePoint } from "#domain/telemetry/live.ts";
import { livePoint } from "#domain/telemetry/livePointTestData.ts";
import { prepareTimeChart } from "../../charts/prepareTimeChart.ts";
import { QUEUE_PANEL } from "../panels.ts";
import { changeDetail, changeMarkers } from "./changeWords.ts";
import { BATCH_PANEL, BREAKERS_PANEL, LOG_PANEL, REASONS_PANEL } from "./deliveryPanels.ts";
import { foldProbes } from "./foldProbes.ts";
import { CHANGES_MAX, mergeChanges } from "./mergeChanges.ts";
import { reasonWords } from "./reasonWords.ts";

const viewOf = (...points: (LivePoint | null)[]) => ({ fromMs: 0, points, loaded: true });
const fact = (panel: typeof LOG_PANEL, point: LivePoint) => panel.fact?.(point, viewOf(point));
const newest = (panel: typeof LOG_PANEL, point: LivePoint) =>
  Object.fromEntries(prepareTimeChart(viewOf(point, point), panel).series.map(({ spec, top }) => [spec.key, top.at(-1)]));

const about = { collectorId: "a", collectorName: "gw-1", destination: "default", reason: "" };
const breaker = (atMs: number, state: "open" | "half-open" | "closed", over: Partial<DeliveryChange> = {}) =>
  ({ ...about, kind: "breaker", state, times: 1, atMs, ...over }) as DeliveryChange;

describe("the panels about delivery", () => {
  it("tint the time in which a breaker is not closed, and say how many of all", () => {
    const ill = livePoint({ breakersOpen: 1, breakersHalfOpen: 1, breakersAll: 4, retriesPerS: 3, failedTriesPerS: 5 });
    expect(newest(BREAKERS_PANEL, ill)).toEqual({ open: 6, failed: 5, retries: 3 });
    expect(fact(BREAKERS_PANEL, ill)).toBe("1 open, 1 half-open of 4");
    expect(fact(BREAKERS_PANEL, livePoint())).toBe("closed");
    expect(fact(BREAKERS_PANEL, livePoint({ breakersAll: 3 }))).toBe("all 3 closed");
  });

  it("set the log against its bound, with the age of the oldest, and say which emptiness it is where none is on", () => {
    expect(fact(LOG_PANEL, livePoint({ walBytes: 5e8, walBytesMax: 1e9, walAgeMs: 250_000 }))).toBe("500 MB of 1 GB · oldest 4 min");
    expect(fact(LOG_PANEL, livePoint({ walBytes: 1e9, walBytesMax: 1e9, walAgeMs: 0, logs: 2, logsInTrouble: 1 }))).toBe("1 GB of 1 GB · 1 of 2 in trouble");
    const off = livePoint({ logs: 0, walBytes: 0, walBytesMax: 0 });
    expect(fact(LOG_PANEL, off)).toBe("off");
    expect(prepareTimeChart(viewOf(off), LOG_PANEL).empty).toBe(true);
    expect(LOG_PANEL.emptiness).toContain("in memory alone");
  });

  it("tell what is refused, what is shed, and what is lost otherwise, each once", () => {
    const point = livePoint({ refusedPerS: 10, droppedPerS: 7, shedPerS: 5 });
    // Stacked: each lies on the ones before.
    expect(newest(REASONS_PANEL, point)).toEqual({ refused: 10, shed: 15, dropped: 17 });
    expect(fact(REASONS_PANEL, point)).toBe("");
    expect(fact(REASONS_PANEL, livePoint())).toBe("none now");
  });

  it("show batch sizes in force within their bounds, and nothing where nobody says", () => {
    const sizes = livePoint({ batchSize: { smallest: 512, largest: 4_096, min: 256, max: 8_192 } });
    expect(newest(BATCH_PANEL, sizes)).toEqual({ largest: 4_096, smallest: 512, max: 8_192, min: 256 });
    expect(fact(BATCH_PANEL, sizes)).toBe("512–4,096 spans");
    expect(fact(BATCH_PANEL, livePoint({ batchSize: null }))).toBe("not told");
    expect(prepareTimeChart(viewOf(livePoint({ batchSize: null })), BATCH_PANEL).empty).toBe(true);
  });

  it("tell what waits in memory from what waits in the log alone", () => {
    expect(newest(QUEUE_PANEL, livePoint({ queueSpans: 100, walOnlySpans: 40 }))).toEqual({ memory: 100, log: 140, capacity: 200_000 });
    expect(newest(QUEUE_PANEL, livePoint({ queueSpans: 100, logs: 0 }))).toEqual({ memory: 100, log: 100, capacity: 200_000 });
  });
});

describe("changes", () => {
  it("are each told once, whether history or the stream brought them, oldest first and bounded", () => {
    const [one, two, three] = [breaker(1, "open"), breaker(2, "closed"), breaker(3, "open", { collectorId: "b" })];
    expect(mergeChanges([one, two], [three, two, one])).toEqual([one, two, three]);
    expect(mergeChanges([breaker(5, "open")], [breaker(5, "open", { destination: "errors" })])).toHaveLength(2);
    const many = Array.from({ length: CHANGES_MAX + 9 }, (_, atMs) => breaker(atMs, "open"));
    expect(mergeChanges(many, [])).toHaveLength(CHANGES_MAX);
    expect(mergeChanges(many, [])[0].atMs).toBe(9);
  });

  it("of probes that failed are folded into the opening that they continue", () => {
    const outage = [
      breaker(1, "open"),
      breaker(31, "half-open"),
      breaker(32, "open"),
      breaker(62, "half-open"),
      breaker(63, "open", { times: 2 } as Partial<DeliveryChange>),
      breaker(93, "half-open"),
      breaker(94, "closed"),
      breaker(200, "open"),
    ];
    const folded = foldProbes(outage);
    expect(folded.map(({ change, failedProbes, lastProbeMs }) => [change.atMs, failedProbes, lastProbeMs])).toEqual([
      [1, 3, 63],
      [94, 0, null],
      [200, 0, null],
    ]);
  });

  it("keep a probe that is under way, and never mix two breakers", () => {
    const other = { destination: "errors" };
    const shown = foldProbes([breaker(1, "open"), breaker(2, "open", other), breaker(31, "half-open"), breaker(40, "closed", other)]);
    expect(shown.map(({ change }) => `${change.destination} ${change.state}`)).toEqual(["default open", "errors open", "default half-open", "errors closed"]);
    expect(shown.every(({ failedProbes }) => failedProbes === 0)).toBe(true);
  });

  it("become marks with a word and a shape, and all that is known as the detail", () => {
    const full: DeliveryChange = { ...about, kind: "wal", state: "full", atMs: 5, reason: "1 GB is used", destination: "errors" };
    expect(changeMarkers([breaker(1, "open", { reason: "refused" }), full], true)).toEqual([
      { atMs: 1, label: "breaker open", tone: "bad", detail: "breaker open, gw-1: refused" },
      { atMs: 5, label: "log full", tone: "bad", detail: "log full, errors at gw-1: 1 GB is used" },
    ]);
    expect(changeMarkers([breaker(1, "closed"), { ...full, kind: "memory", state: "tight", destination: "", reason: "" }], false)).toEqual([
      { atMs: 1, label: "breaker closed", tone: "done", detail: "breaker closed" },
      { atMs: 5, label: "memory tight", tone: "warn", detail: "memory tight" },
    ]);
  });

  it("say how many probes failed, and when the last did", () => {
    const [folded] = foldProbes([breaker(0, "open", { reason: "refused" }), breaker(30_000, "half-open"), breaker(31_000, "open")]);
    expect(changeDetail(folded, false)).toMatch(/^refused; one probe failed, at \d\d:\d\d:31$/);
  });
});

describe("reasonWords", () => {
  it("names the tier that is shed, and says nothing of a reason it does not know", () => {
    expect(reasonWords("shed:slow requests")).toBe("memory is tight: the tier slow requests is shed");
    expect(reasonWords("something_new")).toBe("");
  });
});
