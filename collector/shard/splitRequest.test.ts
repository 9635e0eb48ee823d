import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { encodeRequest, requests, seededRandom } from "../sample/wireTestData.ts";
import { RequestSplitter } from "./splitRequest.ts";

// Everything but what has to be taken apart as bytes, so that nothing can change unseen.
const { root } = protobuf.parse(
  `syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { repeated bytes resource = 1; repeated ScopeSpans scope_spans = 2; repeated bytes schema_url = 3; }
  message ScopeSpans { repeated bytes scope = 1; repeated bytes spans = 2; repeated bytes schema_url = 3; }
  message Span { bytes trace_id = 1; }`,
  { keepCase: true },
);
const [Request, Span] = [root.lookupType("Request"), root.lookupType("Span")];
type Scopes = { scope?: string[]; spans?: string[]; schema_url?: string[] };
type Decoded = { resource_spans?: { resource?: string[]; schema_url?: string[]; scope_spans?: Scopes[] }[] };

function decodeSpans(bytes: Buffer): { traceId: string; span: string; around: string }[] {
  const { resource_spans = [] } = Request.toObject(Request.decode(bytes), { bytes: String }) as Decoded;
  return resource_spans.flatMap((resource) =>
    (resource.scope_spans ?? []).flatMap((scope) =>
      (scope.spans ?? []).map((span) => ({
        traceId: Buffer.from((Span.decode(Buffer.from(span, "base64")) as unknown as { trace_id: Uint8Array }).trace_id).toString("hex"),
        span,
        around: JSON.stringify([resource.resource, resource.schema_url, scope.scope, scope.schema_url]),
      })),
    ),
  );
}

function split(splitter: RequestSplitter, shards: number, request: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let shard = 0; shard < shards; shard++) {
    const out = Buffer.alloc(splitter.size(shard) + 2, 0xee);
    const end = splitter.write(shard, out, 1);
    expect(end).toBe(out.length - 1);
    expect([out[0], out[end]]).toEqual([0xee, 0xee]);
    parts.push(out.subarray(1, end));
  }
  expect(parts.reduce((sum, part) => sum + part.length, 0)).toBeLessThan(shards * (request.length + 1));
  return parts;
}

describe("RequestSplitter", () => {
  it("gives every span to exactly one shard, byte for byte, with its resource and scope, and all spans of a trace to the same", () => {
    fc.assert(
      fc.property(requests, fc.integer(), fc.integer({ min: 2, max: 5 }), fc.integer(), (model, seed, shards, shardSeed) => {
        const request = encodeRequest(model, seededRandom(seed));
        const splitter = new RequestSplitter(shards, shardSeed);
        const found = splitter.read(request, 0, request.length);
        const whole = decodeSpans(request);
        expect(found).toBe(whole.length);
        if (found === 0) return;
        const parts = split(splitter, shards, request).map(decodeSpans);
        expect(parts.map((spans) => spans.length)).toEqual([...splitter.spans]);
        expect(
          parts
            .flat()
            .map((span) => JSON.stringify(span))
            .sort(),
        ).toEqual(whole.map((span) => JSON.stringify(span)).sort());
        const shardOf = new Map<string, number>();
        for (const [shard, spans] of parts.entries()) {
          for (const { traceId } of spans) {
            expect(shardOf.get(traceId) ?? shard).toBe(shard);
            shardOf.set(traceId, shard);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("refuses what is malformed anywhere, before anything is handed on", () => {
    const good = encodeRequest([], seededRandom(1));
    const splitter = new RequestSplitter(3, 1);
    expect(splitter.read(good, 0, good.length)).toBe(0);
    const bad = Buffer.from([0x0a, 0x05, 0x12, 0x03, 0x12, 0x01, 0x2a]);
    expect(splitter.read(bad, 0, bad.length)).toBeLessThan(0);
  });
});
