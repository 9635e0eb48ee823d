import { describe, expect, it } from "vitest";
import type { CollectorRow } from "#domain/telemetry/live.ts";
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
  receivedPerS: null,
  keptPerS: null,
  ackP99Ms: null,
  queueSpans: null,
  queueCapacitySpans: null,
  rssBytes: null,
  cpuCores: null,
  costMicroUsdPerHour: null,
  otlpGrpcEndpoint: null,
  otlpHttpEndpoint: null,
  archiveBytes: null,
  archiveBytesMax: null,
  sampleShare: null,
  ...more,
});

describe("the filter of the fleet", () => {
  const eu = row("gw-eu-1", { labels: { env: "prod", region: "eu" }, state: "offline" });
  it("finds by name, label, state and version, all words at once", () => {
    for (const text of ["", "GW-EU", "region=eu", "prod offline", "0.1", "  eu  "]) expect(matchesFilter(eu, text)).toBe(true);
    for (const text of ["us", "prod online", "region=us"]) expect(matchesFilter(eu, text)).toBe(false);
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
