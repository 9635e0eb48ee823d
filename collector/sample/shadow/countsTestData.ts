import { expect } from "vitest";
import { bytesOf, type ComparisonCounts, type Outcome, spansOf } from "#domain/sampling/compare/comparisonCounts.ts";
import type { ModelRequest } from "../wireTestData.ts";

/** Spans by `tier of the running policy | tier of the candidate | outcome`; the counts have no more than their sums. */
export type Wanted = { live: string; candidate: string; outcome: Outcome; service: string; spans: number };

export function expectCounts(counts: ComparisonCounts, wanted: readonly Wanted[]): void {
  const sums = (by: (one: Wanted) => string) => {
    const found = new Map<string, number>();
    for (const one of wanted) found.set(`${by(one)} ${one.outcome}`, (found.get(`${by(one)} ${one.outcome}`) ?? 0) + one.spans);
    return Object.fromEntries([...found].sort());
  };
  const counted = (named: ComparisonCounts["services"]) =>
    Object.fromEntries(
      named
        .flatMap(({ name, outcomes }) => Object.entries(outcomes).map(([outcome, { spans }]): [string, number] => [`${name} ${outcome}`, spans]))
        .filter(([, spans]) => spans > 0)
        .sort(),
    );
  expect(counted(counts.liveTiers)).toEqual(sums(({ live }) => live));
  expect(counted(counts.candidateTiers)).toEqual(sums(({ candidate }) => candidate));
  expect(counted([{ name: "", outcomes: counts.total }])).toEqual(sums(() => ""));
  expect(counted([...counts.services, { name: "(other)", outcomes: counts.otherServices }])).toEqual(sums(({ service }) => service));
  expect(counts.compared.spans).toBe(counts.seen.spans);
  expect(counts.compared.bytes).toBe(bytesOf(counts.total));
  expect(counts.seen.bytes).toBe(counts.compared.bytes);
  expect(counts.groups.reduce((sum, group) => sum + group.spans, 0)).toBe(spansOf(counts.total));
  expect(counts.groups.reduce((sum, group) => sum + group.liveSpans, 0)).toBe(counts.total.both.spans + counts.total.liveOnly.spans);
  expect(counts.groups.reduce((sum, group) => sum + group.candidateSpans, 0)).toBe(counts.total.both.spans + counts.total.candidateOnly.spans);
}

/** Each resource with a service of its own, so that it is known which. */
export function withServices(request: ModelRequest): ModelRequest {
  return request.map(({ resource, scopes }, index) => ({
    scopes,
    resource: [{ key: "service.name", value: { kind: "string" as const, value: `service ${index}` } }, ...resource.filter(({ key }) => key !== "service.name")],
  }));
}
