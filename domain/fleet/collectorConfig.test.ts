import { describe, expect, it } from "vitest";
import { formatProblem } from "../validation/problems.ts";
import { parseCollectorConfig } from "./collectorConfig.ts";

const always = { kind: "always" };
const error = { kind: "status", is: "error" };
const tier = (name: string, condition: unknown, ratio: unknown = 1) => ({ name, condition, keep: { kind: "ratio", ratio } });
const rest = tier("default", always);

function problems(input: unknown): string[] {
  const parsed = parseCollectorConfig(input);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}
const inTiers = (...tiers: unknown[]) => problems({ sampling: { tiers } });

/** Built without recursion, as a hostile sender would. */
function nested(levels: number): unknown {
  let condition: unknown = always;
  for (let level = 0; level < levels; level++) condition = { kind: "not", of: condition };
  return condition;
}

describe("collector configuration", () => {
  it("is a working pass-through with only an endpoint", () => {
    const parsed = parseCollectorConfig({ export: { endpoint: "http://127.0.0.1:4319" } });
    expect(parsed.ok && parsed.value.export).toMatchObject({ kind: "otlp", protocol: "grpc", compression: "none" });
    expect(parsed.ok && parsed.value.sampling.tiers).toEqual([{ name: "default", condition: always, keep: { kind: "ratio", ratio: 1 } }]);
  });

  it("takes nothing at all as keep everything, to the local archive", () => {
    const parsed = parseCollectorConfig(undefined);
    expect(parsed.ok && parsed.value.export.kind).toBe("archive");
  });

  it("refuses a ratio outside 0 to 1 at its path", () => {
    expect(inTiers(tier("a", error), tier("b", { kind: "status", is: "ok" }), tier("c", { kind: "latency", aboveMs: 5 }, 50), rest)).toEqual([
      "sampling.tiers[2].keep.ratio: must be between 0 and 1, got 50",
    ]);
    expect(inTiers(tier("a", error, -0.1), rest)).toEqual(["sampling.tiers[0].keep.ratio: must be between 0 and 1, got -0.1"]);
    expect(inTiers(tier("a", error, "half"), rest)).toEqual(['sampling.tiers[0].keep.ratio: must be a number between 0 and 1, got "half"']);
  });

  it("refuses a policy without a default tier, and one that can't reach its last tiers", () => {
    expect(inTiers(tier("a", error))).toEqual(["sampling.tiers[0].condition: the last tier is the default and must match everything (kind: always)"]);
    expect(inTiers(tier("a", always), rest)).toEqual([
      "sampling.tiers[0].condition: only the last tier may match everything; the tiers after this one would never be reached",
    ]);
    expect(inTiers()).toEqual(["sampling.tiers: must have at least the default tier, got 0"]);
  });

  it("refuses 1,000 tiers by saying how many there may be", () => {
    const tiers = Array.from({ length: 999 }, (_, index) => tier(`tier ${index}`, error));
    expect(inTiers(...tiers, rest)).toEqual(["sampling.tiers: must have at most 64 tiers, got 1000"]);
  });

  it("refuses two tiers with one name", () => {
    expect(inTiers(tier("a", error), tier(" a ", { kind: "status", is: "ok" }), rest)).toEqual(['sampling.tiers[1].name: "a" is already the name of tiers[0]']);
  });

  it("refuses unknown fields at every level", () => {
    expect(problems({ sampling: { tiers: [{ ...rest, color: 1 }], x: 1 }, bogus: {} })).toEqual([
      "sampling.tiers[0].color: unknown field",
      "sampling.x: unknown field",
      "bogus: unknown field",
    ]);
    expect(inTiers(tier("a", { ...error, was: 1 }), rest)).toEqual(["sampling.tiers[0].condition.was: unknown field"]);
  });

  it("refuses a pattern that is not RE2 at its place in the list", () => {
    expect(inTiers(tier("a", { kind: "endpoint", match: "regex", values: ["fine", "(a"] }), rest)).toEqual([
      "sampling.tiers[0].condition.values[1]: must be a valid RE2 regular expression: error parsing regexp: missing closing ): `(a`",
    ]);
    expect(inTiers(tier("a", { kind: "attribute", key: "k", op: "regex", value: "(?=x)" }), rest)[0]).toMatch(
      /^sampling\.tiers\[0\]\.condition\.value: must be a valid RE2 regular expression/,
    );
  });

  it("refuses a condition nested 9 or 100,000 deep with one sentence, and takes 8", () => {
    expect(inTiers(tier("a", nested(7)), rest)).toEqual([]);
    expect(inTiers(tier("a", nested(8)), rest)).toEqual(["sampling.tiers[0].condition: must be nested at most 8 deep"]);
    expect(inTiers(tier("a", nested(100_000)), rest)).toEqual(["sampling.tiers[0].condition: must be nested at most 8 deep"]);
  });

  it("survives lists nested 100,000 deep wherever a value may stand", () => {
    let deep: unknown[] = [];
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(inTiers(tier("a", { kind: "all", of: deep }), rest)).toHaveLength(1);
    expect(inTiers(tier("a", { kind: "attribute", key: "k", op: "equals", value: deep }), rest)).toEqual([
      "sampling.tiers[0].condition.value: must be a text, a number or a boolean, got a list",
    ]);
    expect(problems({ export: { endpoint: deep, headers: deep } }).length).toBeGreaterThan(0);
  });

  it("refuses more than 256 comparisons in all", () => {
    const many = { kind: "any", of: Array.from({ length: 90 }, () => error) };
    expect(inTiers(tier("a", many), tier("b", many), tier("c", many), rest)).toEqual(["sampling.tiers: must have at most 256 comparisons in all, has 270"]);
  });

  it("refuses a text that can't be UTF-8, because nothing that arrives could fit it", () => {
    const message = "must be well-formed Unicode; it has half of a surrogate pair";
    expect(inTiers(tier("a", { kind: "endpoint", match: "contains", values: ["\ud83d"] }), rest)).toEqual([
      `sampling.tiers[0].condition.values[0]: ${message}`,
    ]);
    expect(inTiers(tier("a", { kind: "attribute", key: "k", op: "equals", value: "\ud83d" }), rest)).toEqual([`sampling.tiers[0].condition.value: ${message}`]);
  });

  it("wants the kind of value that an operator compares with", () => {
    expect(inTiers(tier("a", { kind: "attribute", key: "k", op: "above", value: "5" }), rest)).toEqual([
      'sampling.tiers[0].condition.value: must be a number with above, got "5"',
    ]);
    expect(inTiers(tier("a", { kind: "attribute", key: "k", op: "exists", value: 5 }), rest)).toEqual([
      "sampling.tiers[0].condition.value: must be left out with exists",
    ]);
    expect(inTiers(tier("a", { kind: "attribute", key: "k", op: "equals" }), rest)).toEqual(["sampling.tiers[0].condition.value: must be given with equals"]);
  });

  it("delivers with working settings when nothing is said of batch, breaker, memory and write-ahead log", () => {
    const parsed = parseCollectorConfig({ pipeline: { breaker: {}, wal: {} } });
    expect(parsed.ok && parsed.value.pipeline).toMatchObject({
      batch: { sizeMin: 512, sizeMax: 8192, growWhenQueueAbove: 10_000, shrinkWhenQueueBelow: 1000 },
      retry: { budgetRatio: 0.1, budgetFloorPerSecond: 1 },
      breaker: { failureThreshold: 5, openForMs: 30_000, probes: 1 },
      memory: { limitBytes: 536_870_912, softRatio: 0.8 },
      wal: { enabled: true, bytesMax: 1_073_741_824, fsync: "interval", fsyncMs: 1000, whenBroken: "continue", waiting: false },
    });
    expect(parsed.ok && parsed.value.routes).toBeUndefined();
    expect(parsed.ok && parseCollectorConfig(parsed.value)).toEqual(parsed);
  });

  it("refuses settings of a pipeline outside their limits, each at its place", () => {
    const pipeline = {
      receive: { clientRequestsMax: 0 },
      retry: { budgetRatio: 1.1, budgetFloorPerSecond: 0 },
      breaker: { failureThreshold: 0, openForMs: 1, probes: 65 },
      memory: { limitBytes: 1000, softRatio: 1 },
      wal: { enabled: "yes", bytesMax: 1, fsync: "sometimes", whenBroken: "panic", size: 1 },
    };
    expect(problems({ pipeline })).toEqual([
      "pipeline.receive.clientRequestsMax: must be between 1 and 10000 requests, got 0",
      "pipeline.retry.budgetRatio: must be between 0 and 1, got 1.1",
      "pipeline.retry.budgetFloorPerSecond: must be between 0.01 and 1000 retries a second, got 0",
      "pipeline.breaker.failureThreshold: must be between 1 and 1000000 failures, got 0",
      "pipeline.breaker.openForMs: must be between 10 and 3600000 milliseconds, got 1",
      "pipeline.breaker.probes: must be between 1 and 64 batches, got 65",
      "pipeline.memory.limitBytes: must be between 134217728 and 1099511627776 bytes, got 1000",
      "pipeline.memory.softRatio: must be between 0.5 and 0.99, got 1",
      'pipeline.wal.enabled: must be true or false, got "yes"',
      "pipeline.wal.bytesMax: must be between 16777216 and 1099511627776 bytes, got 1",
      'pipeline.wal.fsync: must be always, interval or never, got "sometimes"',
      'pipeline.wal.whenBroken: must be continue or refuse, got "panic"',
      "pipeline.wal.size: unknown field",
    ]);
  });

  it("begins with a batch no larger than the largest, and refuses a smallest one that is", () => {
    const batch = (given: unknown) => {
      const parsed = parseCollectorConfig({ pipeline: { batch: given } });
      return parsed.ok ? parsed.value.pipeline.batch.sizeMin : parsed.problems.map(formatProblem);
    };
    expect([batch({}), batch({ sizeMax: 100 }), batch({ sizeMin: 100, sizeMax: 100 })]).toEqual([512, 100, 100]);
    expect(batch({ sizeMin: 101, sizeMax: 100 })).toEqual(["pipeline.batch.sizeMin: must be at most sizeMax (100), got 101"]);
  });

  it("refuses marks so near to each other that a size that has doubled would halve again", () => {
    const marks = (growWhenQueueAbove: number, shrinkWhenQueueBelow: number) => problems({ pipeline: { batch: { growWhenQueueAbove, shrinkWhenQueueBelow } } });
    expect(marks(2000, 1000)).toEqual([]);
    expect(marks(1999, 1000)).toEqual(["pipeline.batch.shrinkWhenQueueBelow: must be at most half of growWhenQueueAbove (1999), got 1000"]);
  });

  it("sends tiers that exist to routes of their own, each tier to one", () => {
    const route = (name: string, tiers: string[], to: unknown = { endpoint: "http://127.0.0.1:4317" }) => ({ name, tiers, export: to });
    const routed = (...routes: unknown[]) => problems({ sampling: { tiers: [tier("errors", error), rest] }, routes });
    expect(routed()).toEqual([]);
    expect(routed(route("a", ["errors"]), route("b", ["default"], { kind: "discard" }))).toEqual([]);
    expect(routed(route("a", ["slow", "errors"]))).toEqual(['routes[0].tiers[0]: there is no tier "slow" in sampling.tiers']);
    expect(routed(route("a", ["errors"]), route("b", ["default", "errors"]))).toEqual(['routes[1].tiers[1]: "errors" already goes to routes[0]']);
    expect(routed(route("a", ["errors"]), route("a", ["default"]))).toEqual(['routes[1].name: "a" is already the name of routes[0]']);
    expect(routed(route("a", ["errors"], { kind: "archive" }))).toEqual(["routes[0].export.kind: only `export` itself can be the archive"]);
    expect(routed(route("default", ["errors"]))).toEqual(['routes[0].name: must not be "default"; that is where everything goes that no route names']);
    expect(routed(route("Bad name", []))).toEqual([
      'routes[0].name: must be 1 to 40 of a-z, 0-9, - and _, beginning with a letter or digit, got "Bad name"',
      "routes[0].tiers: must name at least one tier, got 0",
    ]);
    expect(problems({ routes: Array.from({ length: 9 }, (_, index) => route(`r${index}`, [`t${index}`])) })).toContain(
      "routes: must have at most 8 routes, got 9",
    );
  });

  it("decides whole traces with working settings when it is given the scope alone", () => {
    const parsed = parseCollectorConfig({ sampling: { scope: "trace" } });
    expect(parsed.ok && parsed.value.sampling).toEqual({
      scope: "trace",
      decisionWaitMs: 10_000,
      decisionWaitAfterRootMs: 2000,
      tracesMax: 100_000,
      spansMax: 500_000,
      bytesMax: 268_435_456,
      decisionCache: { entriesMax: 500_000, ttlMs: 300_000 },
      tiers: [{ name: "default", condition: always, keep: { kind: "ratio", ratio: 1 } }],
    });
  });

  it("waits no longer after the root than without it", () => {
    const parsed = parseCollectorConfig({ sampling: { scope: "trace", decisionWaitMs: 500 } });
    expect(parsed.ok && parsed.value.sampling).toMatchObject({ decisionWaitMs: 500, decisionWaitAfterRootMs: 500 });
    expect(problems({ sampling: { scope: "trace", decisionWaitMs: 500, decisionWaitAfterRootMs: 501 } })).toEqual([
      "sampling.decisionWaitAfterRootMs: must be at most decisionWaitMs (500), got 501",
    ]);
  });

  it("is the same after it was read once, with and without a scope", () => {
    for (const sampling of [{}, { scope: "span" }, { scope: "trace" }, { scope: "trace", decisionWaitMs: 700, tiers: [tier("a", error), rest] }]) {
      const once = parseCollectorConfig({ sampling });
      expect(once.ok && parseCollectorConfig(once.value)).toEqual(once);
    }
  });

  it("refuses in span scope what only traces have, each by its name", () => {
    const settings = { decisionWaitMs: 5000, decisionWaitAfterRootMs: 1, tracesMax: 5000, spansMax: 5000, bytesMax: 1, decisionCache: {} };
    const message = "belongs to trace scope; set scope: trace, or remove it";
    const all = Object.keys(settings).map((name) => `sampling.${name}: ${message}`);
    expect(problems({ sampling: settings })).toEqual(all);
    expect(problems({ sampling: { scope: "span", ...settings } })).toEqual(all);
    expect(inTiers(tier("large", { kind: "all", of: [error, { kind: "spanCount", atLeast: 5 }] }), rest)).toEqual([
      "sampling.tiers[0].condition.of[1]: counts the spans of a trace; set scope: trace, or remove it",
    ]);
  });

  it("refuses settings of trace scope outside their limits, and memory that one request could exceed", () => {
    expect(problems({ sampling: { scope: "trace", decisionWaitMs: 5, tracesMax: 10, decisionCache: { ttlMs: 1.5, size: 1 } } })).toEqual([
      "sampling.decisionWaitMs: must be between 10 and 3600000 milliseconds, got 5",
      "sampling.tracesMax: must be between 1000 and 10000000 traces, got 10",
      "sampling.decisionCache.ttlMs: must be a whole number of milliseconds, got 1.5",
      "sampling.decisionCache.size: unknown field",
    ]);
    const withRequests = (requestBytesMax: number) =>
      problems({ sampling: { scope: "trace", bytesMax: 50_000_000 }, pipeline: { receive: { requestBytesMax } } });
    expect(withRequests(25_000_000)).toEqual([]);
    expect(withRequests(25_000_001)).toEqual(["sampling.bytesMax: must be at least 50000002, twice pipeline.receive.requestBytesMax, got 50000000"]);
  });

  it("refuses a scope that there is none of", () => {
    expect(problems({ sampling: { scope: "traces" } })).toEqual(['sampling.scope: must be span or trace, got "traces"']);
    expect(problems({ sampling: { scope: null } })).toEqual(["sampling.scope: must be span or trace, got null"]);
  });

  it("takes a scope that a program left undefined for none given", () => {
    const parsed = parseCollectorConfig({ sampling: { scope: undefined } });
    expect(parsed.ok && parsed.value.sampling.scope).toBe("span");
  });

  it("takes a budget of spans per second within its limits", () => {
    const withBudget = (spansPerSecond: unknown) => inTiers({ ...rest, keep: { kind: "budget", spansPerSecond } });
    expect([0.1, 200, 10_000_000].map(withBudget)).toEqual([[], [], []]);
    const limits = "must be between 0.1 and 10000000 spans per second";
    expect(withBudget(0)).toEqual([`sampling.tiers[0].keep.spansPerSecond: ${limits}, got 0`]);
    expect(withBudget(1e9)).toEqual([`sampling.tiers[0].keep.spansPerSecond: ${limits}, got 1000000000`]);
    expect(withBudget("many")).toEqual(['sampling.tiers[0].keep.spansPerSecond: must be a number of spans per second, got "many"']);
    expect(inTiers({ ...rest, keep: { kind: "budget", spansPerSecond: 5, ratio: 1 } })).toEqual(["sampling.tiers[0].keep.ratio: unknown field"]);
    expect(inTiers({ ...rest, keep: { kind: "rate" } })).toEqual([
      'sampling.tiers[0].keep.kind: must be { kind: ratio, ratio } or { kind: budget, spansPerSecond }, got "rate"',
    ]);
  });

  it("takes sameSpan in both scopes, and refuses inside it what one span can't answer", () => {
    const same = (of: unknown) => ({ kind: "sameSpan", of });
    const inTraces = (condition: unknown) => problems({ sampling: { scope: "trace", tiers: [tier("a", condition), rest] } });
    expect(inTiers(tier("a", same({ kind: "all", of: [error] })), rest)).toEqual([]);
    expect(inTraces(same({ kind: "not", of: error }))).toEqual([]);
    expect(inTraces(same({ kind: "any", of: [error, { kind: "not", of: { kind: "spanCount", atLeast: 2 } }] }))).toEqual([
      "sampling.tiers[0].condition.of.of[1].of: counts the spans of a trace, so it can't stand inside sameSpan; put it beside it in an all",
    ]);
    expect(inTraces(same(same(error)))).toEqual(["sampling.tiers[0].condition.of: stands inside sameSpan already; remove the inner one"]);
    expect(inTraces({ kind: "spanCount", atLeast: 0 })).toEqual(["sampling.tiers[0].condition.atLeast: must be between 1 and 10000000 spans, got 0"]);
  });

  it("counts a sameSpan as a comparison more than what is in it", () => {
    const many = { kind: "sameSpan", of: { kind: "any", of: Array.from({ length: 85 }, () => error) } };
    expect(inTiers(tier("a", many), tier("b", many), tier("c", many), rest)).toEqual(["sampling.tiers: must have at most 256 comparisons in all, has 258"]);
  });

  it("says what is wrong with a header's name, and keeps its value to itself", () => {
    expect(problems({ export: { endpoint: "http://x:1", headers: { "Bad Name": "x", host: "y", "x-key": "sécret" } } })).toEqual([
      'export.headers["Bad Name"]: the name must be a header name in lower case',
      "export.headers.host: the name is set by the exporter itself and can't be given",
      "export.headers.x-key: must be printable ASCII",
    ]);
  });

  it("refuses what is no object, whatever it is", () => {
    expect(problems("hello")).toEqual(['must be an object, got "hello"']);
    expect(problems([])).toEqual(["must be an object, got a list"]);
    expect(problems({ sampling: { tiers: [null, rest] } })).toEqual(["sampling.tiers[0]: must be an object, got null"]);
  });
});
