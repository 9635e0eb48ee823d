import { describe, expect, it } from "vitest";
import type { Condition } from "#domain/sampling/condition.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { compilePolicy } from "./compilePolicy.ts";
import { createSpanSampler } from "./spanSampler.ts";

function len(tag: number, content: string | Buffer | number[]): Buffer {
  const body = Buffer.from(content as string);
  const head =
    body.length < 128
      ? [body.length]
      : body.length < 16384
        ? [(body.length & 127) | 128, body.length >> 7]
        : [(body.length & 127) | 128, ((body.length >> 7) & 127) | 128, body.length >> 14];
  return Buffer.concat([Buffer.from([tag, ...head]), body]);
}
const cat = (...parts: Buffer[]) => Buffer.concat(parts);
const text = (value: string) => len(0x0a, value);
const attribute = (key: string, value: Buffer) => len(0x4a, cat(len(0x0a, key), len(0x12, value)));
const id = len(0x0a, Buffer.alloc(16, 0xff));
const request = (...spans: Buffer[]) => len(0x0a, len(0x12, cat(...spans.map((span) => len(0x12, span)))));

function policyOf(condition: Condition, ratio = 1): SamplingPolicy {
  const keep = (share: number) => ({ kind: "ratio" as const, ratio: share });
  return {
    scope: "span",
    tiers: [
      { name: "wanted", condition, keep: keep(ratio) },
      { name: "default", condition: { kind: "always" }, keep: keep(0) },
    ],
  };
}

/** How many spans are kept when only those that match are. */
function matching(bytes: Buffer, condition: Condition): number {
  const sampler = createSpanSampler();
  expect(sampler.sample(bytes, 0, bytes.length, compilePolicy(policyOf(condition)))).toBeGreaterThan(0);
  return sampler.result.kept;
}

function framed(bytes: Buffer, policy: SamplingPolicy): Buffer {
  const sampler = createSpanSampler();
  sampler.sample(bytes, 0, bytes.length, compilePolicy(policy));
  const out = Buffer.alloc(sampler.framedSizeMax());
  sampler.frame(out, 0);
  return out;
}

const contains = (value: string): Condition => ({ kind: "endpoint", match: "contains", values: [value] });

describe("wire cases", () => {
  it("matches in the order that the OpenTelemetry Collector writes: value before key, resource after its spans, trace id last", () => {
    const span = cat(len(0x4a, cat(len(0x12, text("/api/payment/7")), len(0x0a, "http.route"))), id);
    const scopeSpans = len(0x12, len(0x12, span));
    const resource = len(0x0a, len(0x0a, cat(len(0x12, text("shop")), len(0x0a, "service.name"))));
    const bytes = len(0x0a, cat(scopeSpans, resource));
    expect(matching(bytes, { kind: "all", of: [contains("/api/payment"), { kind: "service", match: "exact", values: ["shop"] }] })).toBe(1);
  });

  it("takes the last of a field that occurs twice, and merges messages", () => {
    const name = (value: string): Condition => ({ kind: "endpoint", match: "exact", values: [value] });
    const twice = request(cat(id, len(0x2a, "first"), len(0x2a, "second"), Buffer.from([0x30, 1, 0x30, 2])));
    expect([name("first"), name("second")].map((condition) => matching(twice, condition))).toEqual([0, 1]);
    expect(["internal" as const, "server" as const].map((is) => matching(twice, { kind: "spanKind", is }))).toEqual([0, 1]);
    // A status in two pieces: the second says nothing of the code, so the first one's stands.
    const status = request(cat(id, len(0x7a, Buffer.from([0x18, 2])), len(0x7a, len(0x12, "text"))));
    expect(matching(status, { kind: "status", is: "error" })).toBe(1);
    const keys = request(cat(id, len(0x4a, cat(len(0x0a, "first"), len(0x12, text("a")), len(0x0a, "second"), len(0x12, text("b"))))));
    const equals = (key: string, value: string): Condition => ({ kind: "attribute", key, in: "span", op: "equals", value });
    expect([equals("first", "a"), equals("second", "a"), equals("second", "b")].map((condition) => matching(keys, condition))).toEqual([0, 0, 1]);
  });

  it("tests every attribute of a span with hundreds that are asked for", () => {
    const many = Array.from({ length: 300 }, (_, index) => attribute("http.route", text(index === 299 ? "/last" : "/other")));
    expect(matching(request(cat(id, ...many)), contains("/last"))).toBe(1);
    const first = [...many].reverse();
    expect(matching(request(cat(id, ...first)), contains("/last"))).toBe(1);
  });

  it("finds texts in values of any length: 0, 127, 128, 2,048 and more bytes", () => {
    for (const length of [4, 127, 128, 129, 2047, 2048, 2049, 20_000]) {
      const value = `${"x".repeat(length - 4)}/end`;
      expect(matching(request(cat(id, attribute("url.path", text(value)))), contains("/end"))).toBe(1);
      expect(matching(request(cat(id, attribute("url.path", text(value.slice(0, -1))))), contains("/end"))).toBe(0);
    }
  });

  it("finds keys of any length", () => {
    for (const length of [1, 2, 126, 127, 128, 200, 256]) {
      const key = "k".repeat(length);
      const exists: Condition = { kind: "attribute", key, in: "span", op: "exists" };
      expect(matching(request(cat(id, attribute(key, Buffer.alloc(0)))), exists)).toBe(1);
      expect(matching(request(cat(id, attribute(`${key.slice(0, -1)}j`, Buffer.alloc(0)))), exists)).toBe(0);
    }
  });

  it("keeps 64-bit times exact: one nanosecond decides, also where a double could not tell", () => {
    const time = (tag: number, value: bigint) => {
      const bytes = Buffer.alloc(9);
      bytes[0] = tag;
      bytes.writeBigUInt64LE(value, 1);
      return bytes;
    };
    const start = 1_790_000_000_123_456_789n;
    const lasting = (ns: bigint) => request(cat(id, time(0x39, start), time(0x41, start + ns)));
    const above: Condition = { kind: "latency", aboveMs: 500 };
    expect(matching(lasting(500_000_000n), above)).toBe(0);
    expect(matching(lasting(500_000_001n), above)).toBe(1);
    expect(matching(lasting(-1n), { kind: "latency", aboveMs: 0 })).toBe(0);
    expect(matching(lasting(2n ** 62n), { kind: "latency", aboveMs: 86_400_000 })).toBe(1);
  });

  it("decides with more than 32 comparisons as with few", () => {
    const of = Array.from({ length: 200 }, (_, index): Condition => ({ kind: "attribute", key: `key${index}`, in: "span", op: "equals", value: index }));
    const span = (index: number) => cat(id, attribute(`key${index}`, Buffer.from([0x18, ...(index < 128 ? [index] : [(index & 127) | 128, 1])])));
    expect(matching(request(span(0), span(31), span(32), span(199)), { kind: "any", of })).toBe(4);
    expect(matching(request(span(199)), { kind: "all", of })).toBe(0);
  });

  it("appends the threshold to a kept span and leaves every other byte where it was", () => {
    const unknown = Buffer.from([0xa2, 0x06, 0x03, 1, 2, 3]);
    const kept = cat(unknown, len(0x2a, "kept"), id);
    const bytes = len(0x0a, cat(Buffer.from([0xa0, 0x06, 7]), len(0x12, cat(len(0x12, len(0x2a, "dropped")), unknown, len(0x12, kept), len(0x1a, "schema")))));
    const wanted = len(0x0a, cat(Buffer.from([0xa0, 0x06, 7]), len(0x12, cat(unknown, len(0x12, cat(kept, len(0x1a, "ot=th:8"))), len(0x1a, "schema")))));
    expect(framed(bytes, policyOf({ kind: "endpoint", match: "exact", values: ["kept"] }, 0.5))).toEqual(wanted);
  });

  it("copies spans that already carry exactly their threshold as they are", () => {
    const bytes = request(cat(len(0x1a, "ot=th:8,a=1"), id), cat(id, len(0x1a, "ot=th:c")));
    expect(framed(bytes, policyOf({ kind: "spanKind", is: "unspecified" }, 0.5))).toEqual(bytes);
  });

  it("writes th:0 where everything is kept", () => {
    expect(framed(request(id), policyOf({ kind: "spanKind", is: "unspecified" }, 1))).toEqual(request(cat(id, len(0x1a, "ot=th:0"))));
  });

  it("leaves out scopes and resources of which nothing is kept", () => {
    const bytes = cat(request(len(0x2a, "no")), len(0x0a, cat(len(0x12, len(0x12, len(0x2a, "no"))), len(0x12, len(0x12, cat(id, len(0x2a, "yes")))))));
    expect(framed(bytes, policyOf({ kind: "endpoint", match: "exact", values: ["yes"] }))).toEqual(request(cat(id, len(0x2a, "yes"), len(0x1a, "ot=th:0"))));
    expect(framed(request(len(0x2a, "no")), policyOf({ kind: "endpoint", match: "exact", values: ["yes"] }))).toHaveLength(0);
  });

  it("makes room for any number of rewritten trace states", () => {
    const spans = Array.from({ length: 3000 }, (_, index) => cat(id, len(0x1a, `vendor=${"x".repeat(100)}${index}`)));
    const out = framed(request(...spans), policyOf({ kind: "spanKind", is: "unspecified" }, 1));
    expect(out.toString("latin1").split("ot=th:0,vendor=x").length - 1).toBe(3000);
  });

  it("counts bytes of spans as they came in", () => {
    const bytes = request(cat(id, len(0x2a, "yes")), len(0x2a, "no"));
    const sampler = createSpanSampler();
    sampler.sample(bytes, 0, bytes.length, compilePolicy(policyOf({ kind: "endpoint", match: "exact", values: ["yes"] })));
    expect([sampler.result.tierBytesKept[0], sampler.result.tierBytesSampledOut[1], sampler.result.bytesKept]).toEqual([25, 6, 25]);
  });
});
