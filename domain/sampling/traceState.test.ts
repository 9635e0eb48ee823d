import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NEVER, ratioToThreshold } from "./threshold.ts";
import { parseTraceState, rewriteTraceState } from "./traceState.ts";

const thresholds = fc.bigInt({ min: 0n, max: NEVER - 1n });
const members = fc.oneof(
  fc.constantFrom("ot=th:8;rv:0123456789abcd", "ot=th:c", "ot=rv:ffffffffffffff;a:b", "vendor=1", "", " x=y "),
  fc.string({ maxLength: 40 }),
);
const states = fc.array(members, { maxLength: 40 }).map((list) => list.join(","));

describe("trace state", () => {
  it("reads threshold and randomness of the ot member wherever it stands", () => {
    expect(parseTraceState("a=1, ot=th:8;rv:0123456789abcd ,b=2")).toEqual({ threshold: 0x80000000000000n, randomness: 0x0123456789abcdn });
    expect(parseTraceState("a=ot")).toEqual({ threshold: undefined, randomness: undefined });
  });

  it("takes what is not valid as absent", () => {
    expect(parseTraceState("ot=th:G;rv:12")).toEqual({ threshold: undefined, randomness: undefined });
    expect(parseTraceState("ot=TH:8")).toEqual({ threshold: undefined, randomness: undefined });
  });

  it("puts ot first, keeps rv, other sub-keys and other members", () => {
    expect(rewriteTraceState("a=1,ot=x:y;rv:0123456789abcd;th:4,b=2", ratioToThreshold(0.5))).toBe("ot=th:8;rv:0123456789abcd;x:y,a=1,b=2");
    expect(rewriteTraceState("", 0n)).toBe("ot=th:0");
  });

  it("never lowers a threshold that came in", () => {
    fc.assert(
      fc.property(states, thresholds, (state, threshold) => {
        const incoming = parseTraceState(state).threshold ?? 0n;
        const outgoing = parseTraceState(rewriteTraceState(state, threshold)).threshold;
        expect(outgoing).toBe(incoming > threshold ? incoming : threshold);
      }),
    );
  });

  it("never changes the randomness", () => {
    fc.assert(
      fc.property(states, thresholds, (state, threshold) => {
        expect(parseTraceState(rewriteTraceState(state, threshold)).randomness).toBe(parseTraceState(state).randomness);
      }),
    );
  });

  it("stays the same when written again", () => {
    fc.assert(
      fc.property(states, thresholds, (state, threshold) => {
        const once = rewriteTraceState(state, threshold);
        expect(rewriteTraceState(once, threshold)).toBe(once);
      }),
    );
  });

  it("stays within W3C's 32 members and 512 characters, dropping long members first and then the last", () => {
    fc.assert(
      fc.property(states, thresholds, (state, threshold) => {
        const written = rewriteTraceState(state, threshold);
        expect(written.length).toBeLessThanOrEqual(512);
        expect(written.split(",").length).toBeLessThanOrEqual(32);
      }),
    );
    const long = `long=${"x".repeat(200)}`;
    const filler = Array.from({ length: 6 }, (_, index) => `m${index}=${"y".repeat(60)}`);
    expect(rewriteTraceState([long, ...filler].join(","), 0n)).toBe(["ot=th:0", ...filler].join(","));
  });
});
