import { describe, expect, it } from "vitest";
import { Arrivals, countMissing, MARKS_MAX } from "./arrivals.ts";
import { type CorpusRequest, makeCorpus, patchRound, roundMask } from "./corpus.ts";

const SHAPE = { seed: 3, requests: 2, spans: 200 };
const corpus = makeCorpus(SHAPE, 0);

function request(number: number, from: readonly CorpusRequest[] = corpus): Buffer {
  const round = Math.floor(number / from.length);
  const one = from[number % from.length];
  patchRound(one, new DataView(one.bytes.buffer, one.bytes.byteOffset, one.bytes.length), one.traceIdAt, round, roundMask(SHAPE.seed, round));
  return one.bytes;
}

const missing = (arrivals: Arrivals, acknowledged: number[]) => countMissing(arrivals, corpus, SHAPE.seed, acknowledged, { kind: "all" });

describe("arrivals", () => {
  it("misses nothing of what arrived, in whatever order", () => {
    const arrivals = new Arrivals(SHAPE);
    for (const number of [5, 0, 3]) arrivals.take(request(number));
    expect(arrivals.figures()).toEqual({ arrived: 600, twice: 0, unknown: 0 });
    expect(missing(arrivals, [0, 3, 5])).toEqual({ promised: 600, missing: 0 });
  });

  it("misses a request that never came, whatever came twice instead", () => {
    const arrivals = new Arrivals(SHAPE);
    for (const number of [0, 0]) arrivals.take(request(number));
    expect(arrivals.figures()).toEqual({ arrived: 200, twice: 200, unknown: 0 });
    expect(missing(arrivals, [0, 1])).toEqual({ promised: 400, missing: 200 });
  });

  it("counts spans that are not of the corpus, and those beyond its bound, as unknown", () => {
    const arrivals = new Arrivals({ ...SHAPE, requests: 1 });
    arrivals.take(request(1));
    arrivals.take(request(Math.ceil(MARKS_MAX / 200) * 2));
    expect(arrivals.figures()).toEqual({ arrived: 0, twice: 0, unknown: 400 });
  });

  it("promises spans with an error, or their whole traces", () => {
    const of = (kind: "errors" | "errorTraces") => countMissing(new Arrivals(SHAPE), corpus, SHAPE.seed, [0, 1], { kind });
    const errors = corpus.reduce((sum, { failed }) => sum + failed.reduce((count, one) => count + one, 0), 0);
    expect(of("errors")).toEqual({ promised: errors, missing: errors });
    expect(of("errorTraces").promised).toBeGreaterThan(errors);
    expect(of("errorTraces").promised).toBeLessThan(400);
  });

  it("promises the share of the traces whose randomness is high enough, another one in each round", () => {
    const many = makeCorpus({ seed: 9, requests: 20, spans: 1000 }, 0);
    const all = (round: number) => many.map((_, request) => round * 20 + request);
    const promised = (round: number) => countMissing(new Arrivals(SHAPE), many, 9, all(round), { kind: "randomness", ratio: 0.25 }).promised / 20_000;
    const shares = Array.from({ length: 3 }, (_, round) => promised(round));
    expect(new Set(shares).size).toBeGreaterThan(1);
    for (const share of shares) expect(Math.abs(share - 0.25)).toBeLessThan(0.04);
  });
});
