import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, outgoingThreshold, randomnessOf, reasonOf, traceRandomness } from "./decide.ts";
import { type SamplingPolicy, samplingPolicySchema } from "./samplingPolicy.ts";
import type { SpanFacts } from "./spanFacts.ts";
import { NEVER } from "./threshold.ts";
import { anySpan, reordered, traceCondition } from "./traceTestData.ts";

const keep = (ratio: number) => ({ kind: "ratio" as const, ratio });
const policyWith = (important: number): SamplingPolicy => ({
  scope: "span",
  tiers: [
    { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
    { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: keep(1) },
    { name: "important APIs", condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] }, keep: keep(important) },
    { name: "default", condition: { kind: "always" }, keep: keep(0.01) },
  ],
});
const plain: SpanFacts = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  traceState: "",
  name: "GET /",
  kind: 2,
  startUnixNano: 1_700_000_000_000_000_000n,
  endUnixNano: 1_700_000_000_001_000_000n,
  statusCode: 0,
  attributes: [],
  resource: [{ key: "service.name", value: "shop" }],
};
const decideSpan = (over: Partial<SpanFacts>, policy: SamplingPolicy, r: bigint) => decide({ spans: [{ ...plain, ...over }] }, policy, r);
const ofTraces = (tiers: SamplingPolicy["tiers"]): SamplingPolicy => ({ ...samplingPolicySchema.parse({ scope: "trace" }), tiers });
const randomness = fc.bigInt({ min: 0n, max: NEVER - 1n });
const ratio = fc.double({ min: 0, max: 1, noNaN: true });

describe("decide", () => {
  it("lets the first tier that matches decide", () => {
    expect(decideSpan({ statusCode: 2, name: "/api/payment" }, policyWith(0.5), 0n)).toMatchObject({ tierIndex: 0, tierName: "errors", keep: true });
    expect(decideSpan({ endUnixNano: plain.startUnixNano + 500_000_001n }, policyWith(0.5), 0n).tierName).toBe("slow requests");
    expect(decideSpan({ endUnixNano: plain.startUnixNano + 500_000_000n }, policyWith(0.5), 0n).tierName).toBe("default");
    expect(decideSpan({ attributes: [{ key: "http.route", value: "/api/checkout" }] }, policyWith(0.5), 0n).tierName).toBe("important APIs");
  });

  it("keeps every span with an error, whatever its randomness", () => {
    fc.assert(
      fc.property(randomness, (r) => {
        expect(decideSpan({ statusCode: 2 }, policyWith(0), r).keep).toBe(true);
      }),
    );
  });

  it("never drops a trace that was kept when a ratio is raised", () => {
    fc.assert(
      fc.property(ratio, ratio, randomness, (a, b, r) => {
        const trace = { spans: [{ ...plain, name: "POST /api/payment" }] };
        if (decide(trace, policyWith(Math.min(a, b)), r).keep) expect(decide(trace, policyWith(Math.max(a, b)), r).keep).toBe(true);
      }),
    );
  });

  it("decides alike for all spans of a trace in one tier", () => {
    fc.assert(
      fc.property(ratio, randomness, fc.string(), (share, r, name) => {
        const policy: SamplingPolicy = { scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: keep(share) }] };
        expect(decideSpan({ name }, policy, r).keep).toBe(decideSpan({}, policy, r).keep);
      }),
    );
  });

  it("explains itself with tier, ratio, threshold and randomness", () => {
    const decision = decideSpan({ name: "/api/payment" }, policyWith(0.5), 0x80000000000000n);
    expect(decision).toMatchObject({ keep: true, tierIndex: 2, ratio: 0.5, threshold: 0x80000000000000n, randomness: 0x80000000000000n });
    expect(decision.reason).toBe('tier "important APIs" keeps 50%: this trace\'s draw 0.5000 is within 0.5');
    expect(decideSpan({ name: "/api/payment" }, policyWith(0.5), 0n).reason).toContain("is above 0.5");
  });

  it("says in words when a tier keeps everything or nothing", () => {
    expect(reasonOf("errors", 1, 0n, 5n)).toBe('tier "errors" keeps everything');
    expect(reasonOf("health", 0, NEVER, NEVER - 1n)).toBe('tier "health" keeps nothing');
  });

  it("carries the higher of its own threshold and each span's incoming one, late spans included", () => {
    const decision = decideSpan({ name: "/api/payment" }, policyWith(0.5), NEVER - 1n);
    expect(outgoingThreshold(decision, "ot=th:c")).toBe(0xc0000000000000n);
    expect(outgoingThreshold(decision, "ot=th:4")).toBe(0x80000000000000n);
    expect(outgoingThreshold(decision, "")).toBe(0x80000000000000n);
  });

  it("decides alike whatever the order in which the spans of a trace came", () => {
    fc.assert(
      fc.property(fc.array(traceCondition, { maxLength: 3 }), ratio, reordered, (conditions, share, [trace, other]) => {
        const tiers = conditions.map((condition, index) => ({ name: `tier ${index}`, condition, keep: keep(share) }));
        const policy = ofTraces([...tiers, { name: "default", condition: { kind: "always" }, keep: keep(share / 2) }]);
        expect(decide(other, policy, traceRandomness(other))).toEqual(decide(trace, policy, traceRandomness(trace)));
      }),
      { numRuns: 500 },
    );
  });

  it("keeps a trace for one span with an error among any others", () => {
    fc.assert(
      fc.property(fc.array(anySpan, { maxLength: 5 }), fc.nat({ max: 5 }), randomness, (others, place, r) => {
        const spans = others.toSpliced(place, 0, { ...plain, statusCode: 2 });
        expect(decide({ spans }, ofTraces(policyWith(0).tiers), r)).toMatchObject({ keep: true, tierName: "errors" });
      }),
    );
  });

  it("keeps everything of a budget tier until a threshold is in force, then what is at or above it", () => {
    const policy: SamplingPolicy = {
      scope: "span",
      tiers: [
        { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "budget", spansPerSecond: 10 } },
        { name: "default", condition: { kind: "always" }, keep: { kind: "budget", spansPerSecond: 10 } },
      ],
    };
    expect(decideSpan({}, policy, 0n)).toMatchObject({ keep: true, ratio: 1, threshold: 0n });
    const inForce = new Map([[1, 0xc0000000000000n]]);
    const at = (r: bigint, statusCode = 0) => decide({ spans: [{ ...plain, statusCode }] }, policy, r, inForce);
    expect(at(0xc0000000000000n)).toMatchObject({ keep: true, ratio: 0.25, threshold: 0xc0000000000000n, tierIndex: 1 });
    expect(at(0xbfffffffffffffn)).toMatchObject({ keep: false, ratio: 0.25 });
    expect(at(0n, 2)).toMatchObject({ keep: true, tierIndex: 0, ratio: 1 });
  });

  it("gives a trace one randomness, whatever the order of its spans", () => {
    fc.assert(
      fc.property(reordered, ([trace, other]) => {
        expect(traceRandomness(other)).toBe(traceRandomness(trace));
      }),
    );
  });

  it("gives a trace the randomness that its spans carry, else that of its id, as it does for each of them", () => {
    const spans = ["", "ot=rv:0123456789abcd", "a=b"].map((traceState) => ({ ...plain, traceState }));
    expect(traceRandomness({ spans })).toBe(0x0123456789abcdn);
    expect(traceRandomness({ spans: [spans[0], spans[2]] })).toBe(0x48eb211c80319cn);
    expect(traceRandomness({ spans: [] })).toBe(0n);
    fc.assert(
      fc.property(anySpan, (only) => {
        expect(traceRandomness({ spans: [only] })).toBe(randomnessOf(only));
      }),
    );
  });

  it("draws from rv where it is valid, else from the trace id", () => {
    expect(randomnessOf({ traceId: plain.traceId, traceState: "ot=rv:0123456789abcd" })).toBe(0x0123456789abcdn);
    expect(randomnessOf({ traceId: plain.traceId, traceState: "ot=rv:zz" })).toBe(0x48eb211c80319cn);
  });
});
