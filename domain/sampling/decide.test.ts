import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, randomnessOf } from "./decide.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";
import type { SpanFacts } from "./spanFacts.ts";
import { NEVER } from "./threshold.ts";

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
const randomness = fc.bigInt({ min: 0n, max: NEVER - 1n });
const ratio = fc.double({ min: 0, max: 1, noNaN: true });

describe("decide", () => {
  it("lets the first tier that matches decide", () => {
    expect(decide({ ...plain, statusCode: 2, name: "/api/payment" }, policyWith(0.5), 0n)).toMatchObject({ tierIndex: 0, tierName: "errors", keep: true });
    expect(decide({ ...plain, endUnixNano: plain.startUnixNano + 500_000_001n }, policyWith(0.5), 0n).tierName).toBe("slow requests");
    expect(decide({ ...plain, endUnixNano: plain.startUnixNano + 500_000_000n }, policyWith(0.5), 0n).tierName).toBe("default");
    expect(decide({ ...plain, attributes: [{ key: "http.route", value: "/api/checkout" }] }, policyWith(0.5), 0n).tierName).toBe("important APIs");
  });

  it("keeps every span with an error, whatever its randomness", () => {
    fc.assert(
      fc.property(randomness, (r) => {
        expect(decide({ ...plain, statusCode: 2 }, policyWith(0), r).keep).toBe(true);
      }),
    );
  });

  it("never drops a trace that was kept when a ratio is raised", () => {
    fc.assert(
      fc.property(ratio, ratio, randomness, (a, b, r) => {
        const span = { ...plain, name: "POST /api/payment" };
        if (decide(span, policyWith(Math.min(a, b)), r).keep) expect(decide(span, policyWith(Math.max(a, b)), r).keep).toBe(true);
      }),
    );
  });

  it("decides alike for all spans of a trace in one tier", () => {
    fc.assert(
      fc.property(ratio, randomness, fc.string(), (share, r, name) => {
        const policy: SamplingPolicy = { scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: keep(share) }] };
        expect(decide({ ...plain, name }, policy, r).keep).toBe(decide(plain, policy, r).keep);
      }),
    );
  });

  it("explains itself with tier, ratio, threshold and randomness", () => {
    const decision = decide({ ...plain, name: "/api/payment" }, policyWith(0.5), 0x80000000000000n);
    expect(decision).toMatchObject({ keep: true, tierIndex: 2, ratio: 0.5, threshold: 0x80000000000000n, randomness: 0x80000000000000n });
    expect(decision.reason).toBe('tier "important APIs" keeps 50%: this trace\'s draw 0.500000 is within 0.5');
    expect(decide({ ...plain, name: "/api/payment" }, policyWith(0.5), 0n).reason).toContain("is above 0.5");
  });

  it("carries the higher of its own threshold and the incoming one", () => {
    expect(decide({ ...plain, traceState: "ot=th:c", name: "/api/payment" }, policyWith(0.5), NEVER - 1n).outgoingThreshold).toBe(0xc0000000000000n);
    expect(decide({ ...plain, traceState: "ot=th:4", name: "/api/payment" }, policyWith(0.5), NEVER - 1n).outgoingThreshold).toBe(0x80000000000000n);
  });

  it("draws from rv where it is valid, else from the trace id", () => {
    expect(randomnessOf({ traceId: plain.traceId, traceState: "ot=rv:0123456789abcd" })).toBe(0x0123456789abcdn);
    expect(randomnessOf({ traceId: plain.traceId, traceState: "ot=rv:zz" })).toBe(0x48eb211c80319cn);
  });
});
