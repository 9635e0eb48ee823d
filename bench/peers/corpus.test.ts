import { describe, expect, it } from "vitest";
import { makeCorpus, patchRound, roundMask } from "./corpus.ts";
import { walkSpans } from "./walkSpans.ts";

const SHAPE = { seed: 7, requests: 3, spans: 100 };

function ids(bytes: Buffer): { trace: string; span: string }[] {
  const found: { trace: string; span: string }[] = [];
  walkSpans(bytes, (traceIdAt, spanIdAt) => {
    found.push({ trace: bytes.toString("hex", traceIdAt, traceIdAt + 16), span: bytes.toString("hex", spanIdAt, spanIdAt + 8) });
  });
  return found;
}

function inRound(round: number) {
  const corpus = makeCorpus(SHAPE, 1_700_000_000_000);
  for (const request of corpus) {
    const { bytes } = request;
    patchRound(request, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), request.traceIdAt, round, roundMask(SHAPE.seed, round));
  }
  return corpus;
}

describe("the corpus", () => {
  it("is the same in every process", () => {
    expect(inRound(4).map(({ bytes }) => bytes.toString("hex"))).toEqual(inRound(4).map(({ bytes }) => bytes.toString("hex")));
  });

  it("has a span id for each span that says which it is", () => {
    for (const [request, { bytes }] of inRound(0).entries()) {
      const numbers = ids(bytes).map(({ span }) => [Number.parseInt(span.slice(0, 4), 16), Number.parseInt(span.slice(4, 8), 16)]);
      expect(numbers).toEqual(Array.from({ length: SHAPE.spans }, (_, position) => [request, position]));
    }
  });

  it("has new trace ids in each round, with as many traces, and nothing else changed", () => {
    const [before, after] = [inRound(1), inRound(2)].map((corpus) => corpus.flatMap(({ bytes }) => ids(bytes)));
    const traces = [before, after].map((spans) => new Set(spans.map(({ trace }) => trace)));
    expect([...traces[0]].filter((id) => traces[1].has(id))).toEqual([]);
    expect(traces[0].size).toBe(traces[1].size);
    expect(before.map(({ span }) => span)).toEqual(after.map(({ span }) => span));
  });

  it("knows which spans have an error", () => {
    const { failed } = makeCorpus({ seed: 7, requests: 1, spans: 2000 }, 0)[0];
    const errors = failed.reduce((sum, one) => sum + one, 0);
    expect(errors).toBeGreaterThan(0);
    expect(errors).toBeLessThan(400);
  });
});

describe("walkSpans", () => {
  it("finds the ids and the error with the fields of a span in descending order, as the reference writes them", () => {
    const span = Buffer.concat([
      Buffer.from([0x7a, 2, 0x18, 2]),
      Buffer.from([0x2a, 1, 0x61]),
      Buffer.from([0x12, 8]),
      Buffer.alloc(8, 2),
      Buffer.from([0x0a, 16]),
      Buffer.alloc(16, 1),
    ]);
    const scope = Buffer.concat([Buffer.from([0x12, span.length]), span]);
    const resource = Buffer.concat([Buffer.from([0x12, scope.length]), scope]);
    const request = Buffer.concat([Buffer.from([0x0a, resource.length]), resource]);
    const found: [number, number, boolean][] = [];
    walkSpans(request, (...one) => found.push(one));
    expect(found).toEqual([[request.length - 16, request.length - 26, true]]);
  });

  it.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length - 3)],
    ["with a wire type that does not exist", () => Buffer.from([0x0a, 1, 0x0f])],
    ["with a number that never ends", () => Buffer.alloc(5, 0xff)],
  ])("throws on a request %s", (_title, damage) => {
    const { bytes } = makeCorpus({ seed: 1, requests: 1, spans: 20 }, 0)[0];
    expect(() => walkSpans(damage(bytes), () => {})).toThrow();
  });
});
