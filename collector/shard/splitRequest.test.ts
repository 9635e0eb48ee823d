import fc from "fast-check";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { columnsLengthMax, packColumns, unpackColumns } from "../otlp/packColumns.ts";
import { scanTraces } from "../otlp/scanTraces.ts";
import { SpanTable } from "../otlp/spanTable.ts";
import { compilePolicy } from "../sample/compilePolicy.ts";
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

const { matcher } = compilePolicy({
  scope: "trace",
  ...{ decisionWaitMs: 1000, decisionWaitAfterRootMs: 1000, tracesMax: 10, spansMax: 100, bytesMax: 1_000_000 },
  decisionCache: { entriesMax: 10, ttlMs: 1000 },
  tiers: [
    { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
    { name: "slow", condition: { kind: "latency", aboveMs: 1 }, keep: { kind: "ratio", ratio: 1 } },
    { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.5 } },
  ],
});

function scanned(bytes: Buffer, start: number, end: number): SpanTable {
  const table = new SpanTable({ forTraces: true });
  expect(scanTraces(bytes, start, end, table, matcher)).toBeGreaterThanOrEqual(0);
  return table;
}

/** All that a sampler of traces reads. */
function columns(table: SpanTable): object {
  const { spans, scopes, resources, words } = table;
  const ofSpans = [table.start, table.end, table.idAt, table.parentAt, table.startAt, table.endAt, table.verdict];
  const states = [table.stateCount, table.stateStart, table.stateEnd, table.stateBytes];
  return {
    spans: ofSpans.map((column) => [...column.subarray(0, spans)]),
    states: states.map((column) => [...column.subarray(0, spans)].filter((_, span) => table.verdict[span] !== 0)),
    bits: [...table.bits.subarray(0, spans * words)],
    scopes: [table.scopeStart, table.scopeBody, table.scopeEnd].map((column) => [...column.subarray(0, scopes)]),
    scopeSpan: [...table.scopeSpan.subarray(0, scopes + 1)],
    resources: [table.resourceBody, table.resourceEnd].map((column) => [...column.subarray(0, resources)]),
    resourceScope: [...table.resourceScope.subarray(0, resources + 1)],
  };
}

function split(splitter: RequestSplitter, shards: number, request: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let shard = 0; shard < shards; shard++) {
    const out = Buffer.alloc(splitter.size(shard) + 2, 0xee);
    const end = splitter.write(shard, out, 1);
    expect(end).toBe(out.length - 1);
    expect([out[0], out[end]]).toEqual([0xee, 0xee]);
    // What goes along with a part is what a scan of it would find, also after the way to another thread.
    const again = columns(scanned(out, 1, end));
    expect(columns(splitter.part)).toEqual(again);
    const packed = new Int32Array(columnsLengthMax(splitter.part, splitter.part.spans));
    const length = packColumns(splitter.part, packed);
    const unpacked = new SpanTable({ forTraces: true });
    unpackColumns(packed.subarray(0, length), unpacked);
    expect(columns(unpacked)).toEqual(again);
    parts.push(out.subarray(1, end));
  }
  expect(parts.reduce((sum, part) => sum + part.length, 0)).toBeLessThan(shards * (request.length + 1));
  return parts;
}

describe("RequestSplitter", () => {
  it("gives every span to exactly one shard, byte for byte, with its resource and scope and what the scan found, and all spans of a trace to the same", () => {
    fc.assert(
      fc.property(requests, fc.integer(), fc.integer({ min: 2, max: 5 }), fc.integer(), (model, seed, shards, shardSeed) => {
        const request = encodeRequest(model, seededRandom(seed));
        const splitter = new RequestSplitter(shards, shardSeed);
        const table = scanned(request, 0, request.length);
        splitter.split(request, table);
        const whole = decodeSpans(request);
        expect(table.spans).toBe(whole.length);
        if (table.spans === 0) return;
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
  }, 60_000);
});
