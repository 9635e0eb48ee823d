import { expect, it } from "vitest";
import { jsonToProtobuf } from "#collector/receive/jsonToProtobuf.ts";
import { parseCollectorFile } from "#domain/fleet/collectorFile.ts";
import { lintCollectorFile } from "#domain/fleet/lintCollectorFile.ts";
import { matchCondition } from "#domain/sampling/matchCondition.ts";
import { decodeFacts } from "#tests/fixtures/traceFacts.ts";
import { createTraffic } from "#traffic/createTraffic.ts";
import { toOtlpJson } from "./otlpJson.ts";
import { type Said, tiersOf } from "./policies.ts";

const request = createTraffic({ seed: 3, now: () => 1_800_000_000_000 }).nextRequest(2000);

it("decides alike before and after the cure, and every tier has something to decide", () => {
  const spans = decodeFacts(request).map(({ facts }) => facts);
  const first = (said: Said) => spans.map((span) => tiersOf(said).findIndex(({ condition }) => matchCondition(condition, span)));
  expect(first("cured")).toEqual(first("bad"));
  const reached = new Set(first("bad"));
  for (const name of ["errors", "payments", "orders and stock", "mobile", "calls inside", "default"]) {
    expect([name, reached.has(tiersOf("bad").findIndex((tier) => tier.name === name))]).toEqual([name, true]);
  }
});

it("is what the check of a configuration finds, and what it no longer finds after its own advice", () => {
  const found = (said: Said) => {
    const parsed = parseCollectorFile({ sampling: { tiers: tiersOf(said) } });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return lintCollectorFile(parsed.value, undefined).map(({ path }) => path);
  };
  expect(found("bad").length).toBeGreaterThanOrEqual(5);
  expect(found("cured")).toEqual([]);
});

it("sends the same spans as JSON", () => {
  const json = toOtlpJson(request);
  const back = jsonToProtobuf(json, 0, json.length);
  if (!Buffer.isBuffer(back)) throw new Error(JSON.stringify(back));
  expect(decodeFacts(back)).toEqual(decodeFacts(request));
});
