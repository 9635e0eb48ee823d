import protobuf from "protobufjs";
import type { KeepAllRule } from "#domain/fleet/keepAll.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { TraceSettings } from "#domain/sampling/traceSettings.ts";
import { attributeField, bytesField, textField, varintField } from "#traffic/encode.ts";
import { ManualClock } from "../../manualClock.ts";
import { compilePolicy } from "../compilePolicy.ts";
import type { ModelRequest, ModelSpan } from "../wireTestData.ts";
import type { Outlet } from "./outlet.ts";
import { TraceSampler } from "./traceSampler.ts";

// Texts as bytes: whether they are UTF-8 is not looked at here.
const Request = protobuf
  .parse(
    `syntax = "proto3";
    message Request { repeated ResourceSpans resource_spans = 1; }
    message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
    message Resource { repeated KeyValue attributes = 1; }
    message KeyValue { bytes key = 1; }
    message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
    message Scope { bytes name = 1; }
    message Span { bytes trace_id = 1; bytes span_id = 2; bytes trace_state = 3; bytes name = 5; fixed64 start = 7; fixed64 end = 8; }`,
    { keepCase: true },
  )
  .root.lookupType("Request");

export type SentSpan = { traceId: string; spanId: string; traceState: string; name: string; scope: string; resourceKeys: string[] };
type Decoded = {
  resource_spans?: {
    resource?: { attributes?: { key: string }[] };
    scope_spans?: { scope?: { name?: string }; spans?: { trace_id?: string; span_id?: string; trace_state?: string; name?: string }[] }[];
  }[];
};

export const SETTINGS: TraceSettings = {
  decisionWaitMs: 1000,
  decisionWaitAfterRootMs: 200,
  tracesMax: 1000,
  spansMax: 10_000,
  bytesMax: 67_108_864,
  decisionCache: { entriesMax: 10_000, ttlMs: 60_000 },
};

export function tracePolicy(tiers: SamplingPolicy["tiers"], settings: Partial<TraceSettings> = {}): SamplingPolicy & { scope: "trace" } {
  return { scope: "trace", ...SETTINGS, ...settings, tiers };
}

/** A sampler with everything around it in memory: a queue with as much room as a test says, and books that have to balance. */
export class TraceHarness {
  readonly clock = new ManualClock();
  readonly sent: SentSpan[] = [];
  /** Room in the queue; what is sent takes it up until a test makes room again. */
  room = { spans: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
  queued = 0;
  batches = 0;
  readonly sampledOut = new Map<number, number>();
  readonly kept = new Map<number, number>();
  readonly shed = new Map<number, number>();
  /** How many tiers, from the last, are shed now. */
  shedTiers = 0;
  received = 0;
  readonly keptAll = new Map<string, number>();
  readonly sampler: TraceSampler;
  readonly #names: string[] = [];

  constructor(policy: SamplingPolicy & { scope: "trace" }, seed = 7) {
    const harness = this;
    let buffer = Buffer.alloc(0);
    const outlet: Outlet = {
      get buffer() {
        return buffer;
      },
      hasRoom: (spans, bytes) => spans <= harness.room.spans && bytes <= harness.room.bytes,
      isEmpty: () => harness.queued === 0,
      spansLeft: () => 512,
      reserve(_spans, bytesMax) {
        // Guarded on both sides: nothing may be written outside of what was asked for.
        buffer = Buffer.alloc(bytesMax + 8, 0xee);
        return 4;
      },
      commit(from, end, spans) {
        if (!buffer.subarray(end).every((byte) => byte === 0xee)) throw new Error("written past the end");
        harness.room.spans -= spans;
        harness.room.bytes -= end - from;
        harness.queued += spans;
        const seen = readSent(buffer.subarray(from, end));
        if (seen.length !== spans) throw new Error(`${spans} spans were said to be sent, ${seen.length} were`);
        harness.sent.push(...seen);
        return harness.batches++;
      },
    };
    const count = (into: Map<number, number>, tier: number, spans: number) => void into.set(tier, (into.get(tier) ?? 0) + spans);
    const books = {
      sampledOut: (tier: number, spans: number) => count(this.sampledOut, tier, spans),
      sent: (tier: number, spans: number) => count(this.kept, tier, spans),
      shed: (tier: number, spans: number) => count(this.shed, tier, spans),
      waited: () => {},
      serialized: () => {},
      tierName: (tier: number) => this.#names[tier],
      keptAll: (id: string, spans: number) => void this.keptAll.set(id, (this.keptAll.get(id) ?? 0) + spans),
    };
    this.sampler = new TraceSampler({
      settings: policy,
      outlets: { list: [outlet], of: () => 0 },
      books,
      shedding: () => this.shedTiers,
      clock: this.clock,
      seed,
    });
    this.use(policy);
  }

  use(policy: SamplingPolicy, revision = 1, keepAll: readonly KeepAllRule[] = []) {
    const compiled = compilePolicy(policy, keepAll);
    const ids = compiled.tiers.map(({ name }) => {
      const known = this.#names.indexOf(name);
      return known < 0 ? this.#names.push(name) - 1 : known;
    });
    return this.sampler.use(compiled, { revision, hash: `hash-${revision}` }, ids);
  }

  tierNames(of: Map<number, number>): Record<string, number> {
    return Object.fromEntries([...of].map(([tier, spans]) => [this.#names[tier], spans]));
  }

  send(request: Buffer, networkMs = 1): number {
    const spans = this.sampler.accept(request, 0, request.length, { networkMs });
    if (spans > 0) this.received += spans;
    return spans;
  }

  free(): void {
    this.room = { spans: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY };
    this.queued = 0;
    this.sampler.roomFreed();
  }

  /** received − sampled out − sent − shed − waiting: 0, or spans were lost or counted twice. */
  unaccounted(): number {
    const sum = (of: Map<number, number>) => [...of.values()].reduce((total, spans) => total + spans, 0);
    return this.received - sum(this.sampledOut) - sum(this.kept) - sum(this.shed) - this.sampler.store.spans;
  }
}

function readSent(bytes: Buffer): SentSpan[] {
  const decoded = Request.toObject(Request.decode(bytes), { bytes: String, longs: String }) as Decoded;
  return (decoded.resource_spans ?? []).flatMap(({ resource, scope_spans }) =>
    (scope_spans ?? []).flatMap(({ scope, spans }) =>
      (spans ?? []).map((span) => ({
        traceId: Buffer.from(span.trace_id ?? "", "base64").toString("hex"),
        spanId: Buffer.from(span.span_id ?? "", "base64").toString("hex"),
        traceState: textOf(span.trace_state),
        name: textOf(span.name),
        scope: textOf(scope?.name),
        resourceKeys: (resource?.attributes ?? []).map((attribute) => textOf(attribute.key)),
      })),
    ),
  );
}

function textOf(base64: string | undefined): string {
  return Buffer.from(base64 ?? "", "base64").toString();
}

let counted = 0;
/** A span of a trace that is known by a number; what is not said is ordinary. */
export function modelSpan(trace: number, about: Partial<ModelSpan> = {}): ModelSpan {
  const traceId = Buffer.alloc(16, 0xab);
  traceId.writeUInt32BE(trace >>> 0, 0);
  // The lowest 56 bits are the randomness: spread evenly over the traces.
  traceId.writeUInt32BE(Math.imul(trace + 1, 0x9e3779b1) >>> 0, 9);
  const spanId = Buffer.alloc(8);
  spanId.writeUInt32BE(++counted, 4);
  return {
    traceId,
    spanId,
    parent: Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9),
    traceState: "",
    name: "GET /",
    kind: 2,
    start: 1_700_000_000_000_000_000n,
    end: 1_700_000_000_001_000_000n,
    status: 0,
    attributes: [],
    extras: 0,
    ...about,
  };
}

export function requestOf(...spans: ModelSpan[]): ModelRequest {
  return [{ resource: [{ key: "service.name", value: { kind: "string", value: "shop" } }], scopes: [{ name: "scope", spans }] }];
}

/** The same in the plainest encoding, for large requests: `encodeRequest` tries out every form and takes its time. */
export function plainRequest(...spans: ModelSpan[]): Buffer {
  const scope = bytesField(1, textField(1, "scope"));
  const resource = bytesField(1, attributeField(1, "service.name", "shop"));
  return bytesField(1, Buffer.concat([resource, bytesField(2, Buffer.concat([scope, ...spans.map((span) => bytesField(2, plainSpan(span)))]))]));
}

function plainSpan(model: ModelSpan): Buffer {
  const time = (field: number, value: bigint) => {
    const bytes = Buffer.alloc(9, (field << 3) | 1);
    bytes.writeBigUInt64LE(value, 1);
    return bytes;
  };
  return Buffer.concat([
    bytesField(1, model.traceId),
    bytesField(2, model.spanId),
    ...(model.traceState === "" ? [] : [textField(3, model.traceState)]),
    ...(model.parent.length === 0 ? [] : [bytesField(4, model.parent)]),
    textField(5, model.name),
    varintField(6, model.kind),
    time(7, model.start),
    time(8, model.end),
    ...model.attributes.map(({ key, value }) => attributeField(9, key, value.kind === "string" ? value.value : "")),
    ...(model.status === 0 ? [] : [bytesField(15, varintField(3, model.status))]),
  ]);
}

export const hexOf = (id: Uint8Array) => Buffer.from(id).toString("hex");
