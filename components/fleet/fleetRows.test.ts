import { describe, expect, it } from "vitest";
import type { RowDelivery } from "#domain/telemetry/delivery.ts";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { deliveryTrouble } from "./deliveryTrouble.ts";
import { heldOrder, matchesFilter, sortedIds } from "./fleetRows.ts";

const row = (id: string, more: Partial<CollectorRow> = {}): CollectorRow => ({
  id,
  name: id,
  labels: {},
  version: "0.1.0",
  state: "online",
  lastSeenMs: 1,
  connectedSinceMs: 1,
  runningRevision: 1,
  runningHash: "ab",
  configState: "in-sync",
  configProblem: null,
  group: { id: "default", name: "All other collectors" },
  otherGroups: [],
  assignedRevision: 1,
  overriddenUntilMs: null,
  rollout: null,
  receivedPerS: null,
  keptPerS: null,
  ackP99Ms: null,
  queueSpans: null,
  queueCapacitySpans: null,
  rssBytes: null,
  runtime: null,
  recording: null,
  cpuCores: null,
  costMicroUsdPerHour: null,
  otlpGrpcEndpoint: null,
  otlpHttpEndpoint: null,
  archiveBytes: null,
  archiveBytesMax: null,
  sampleShare: null,
  delivery: null,
  ...more,
});

describe("the filter of the fleet", () => {
  const eu = row("gw-eu-1", { labels: { env: "prod", region: "eu" }, state: "offline" });
  it("finds by name, label, state and version, all words at once", () => {
    for (const text of ["", "GW-EU", "region=eu", "prod offline", "0.1", "  eu  "]) expect(matchesFilter(eu, text)).toBe(true);
    for (const text of ["us", "prod online", "region=us"]) expect(matchesFilter(eu, text)).toBe(false);
  });
});

describe("trouble of delivery", () => {
  const breaker = (state: "open" | "half-open") => ({ destination: "default", state, sinceMs: 1, lastFailure: "refused", queuedSpans: 1, log: null });
  const log = (state: "full" | "behind" | "failed") => ({ destination: "errors", state, problem: "" });
  const troubled = (over: Partial<RowDelivery>) => row("a", { delivery: { breakers: [], logs: [], memory: "ok", ...over } });
  const word = (over: Partial<RowDelivery>) => deliveryTrouble(troubled(over))?.word ?? null;

  it("is the worst that is true, and nothing where all is well or nothing was said", () => {
    expect(word({})).toBeNull();
    expect(deliveryTrouble(row("a"))).toBeNull();
    expect(word({ memory: "tight" })).toBe("memory tight");
    expect(word({ memory: "tight", logs: [log("behind")] })).toBe("log behind");
    expect(word({ logs: [log("behind")], breakers: [breaker("half-open")] })).toBe("breaker half-open");
    expect(word({ breakers: [breaker("half-open"), breaker("open")] })).toBe("breaker open");
    expect(word({ breakers: [breaker("open"), breaker("open")] })).toBe("2 breakers open");
    expect(word({ breakers: [breaker("open")], logs: [log("full")] })).toBe("log full");
    expect(word({ logs: [log("full"), log("failed")] })).toBe("log failed");
    expect(word({ logs: [log("failed")], memory: "full" })).toBe("memory full");
  });

  it("says what the backend said, is found by its word, and sorts before what is well", () => {
    const open = troubled({ breakers: [breaker("open")] });
    expect(deliveryTrouble(open)?.title).toBe("default: refused");
    expect(matchesFilter(open, "breaker open")).toBe(true);
    const rows = [row("well"), { ...open, id: "open" }, row("silent", { state: "stale" })];
    expect(sortedIds(rows, { key: "state", descending: false })).toEqual(["silent", "open", "well"]);
  });
});

describe("the order of the fleet", () => {
  it("sorts names as people count and figures as figures, missing ones last either way", () => {
    const rows = [row("gw-10", { receivedPerS: 5 }), row("gw-2", { receivedPerS: 50 }), row("gw-1")];
    expect(sortedIds(rows, { key: "name", descending: false })).toEqual(["gw-1", "gw-2", "gw-10"]);
    expect(sortedIds(rows, { key: "received", descending: true })).toEqual(["gw-2", "gw-10", "gw-1"]);
    expect(sortedIds(rows, { key: "received", descending: false })).toEqual(["gw-10", "gw-2", "gw-1"]);
  });

  it("puts what is wrong first when sorted by state", () => {
    const rows = [row("a"), row("b", { state: "offline" }), row("c", { state: "stale" })];
    expect(sortedIds(rows, { key: "state", descending: false })).toEqual(["b", "c", "a"]);
  });

  it("does not move while figures move: rows that went go, new ones join at the end", () => {
    expect(heldOrder(["b", "a", "gone"], [row("a", { receivedPerS: 999 }), row("new"), row("b")])).toEqual(["b", "a", "new"]);
  });
});
