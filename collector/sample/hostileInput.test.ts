import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { SCAN_MALFORMED, SCAN_TOO_DEEP, SCAN_TOO_MANY, scanTraces } from "../otlp/scanTraces.ts";
import { SpanTable } from "../otlp/spanTable.ts";
import { type CompiledPolicy, compilePolicy } from "./compilePolicy.ts";
import { createSpanSampler } from "./spanSampler.ts";
import { TraceHarness, tracePolicy } from "./trace/traceTestData.ts";
import { encodeRequest, policies, requests, seededRandom } from "./wireTestData.ts";

/** FUZZ_INPUTS=1000000 searches longer. */
const inputs = Number(process.env.FUZZ_INPUTS ?? 20_000);

const keepAll: SamplingPolicy = { scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } }] };
const keepNone: SamplingPolicy = { scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0 } }] };

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))];
}
function len(tag: number, content: ArrayLike<number> & Iterable<number>): Buffer {
  return Buffer.concat([Buffer.from([tag, ...varint(content.length)]), Uint8Array.from(content)]);
}
/** One resource with one scope with these spans. */
function request(...spans: (Buffer | number[])[]): Buffer {
  return len(0x0a, len(0x12, Buffer.concat(spans.map((span) => len(0x12, span)))));
}
const traceId = len(0x0a, Buffer.alloc(16, 9));

function sample(bytes: Buffer, policy = keepAll): number {
  return createSpanSampler().sample(bytes, 0, bytes.length, compilePolicy(policy));
}

/** Takes the request or refuses it; what it takes, it frames to exactly the size it said, and that is a request again with exactly the kept spans. */
const first = createSpanSampler();
const second = createSpanSampler();
const everything = compilePolicy(keepAll);
function checkOutcome(bytes: Buffer, policy: CompiledPolicy): void {
  const spans = first.sample(bytes, 0, bytes.length, policy);
  const size = first.framedSizeMax();
  if (spans < 0) {
    if (spans < SCAN_TOO_MANY) throw new Error(`refused with an unknown code ${spans}`);
    if (first.result.spans !== 0 || size !== 0) throw new Error("left something of what it refused");
    return;
  }
  const out = Buffer.alloc(size + 1, 0xee);
  if (first.frame(out, 0) !== size || out[size] !== 0xee) throw new Error("framed to another size than it said");
  if (second.sample(out, 0, size, everything) !== first.result.kept) throw new Error("framed other spans than it kept");
}

function mutated(bytes: Buffer, random: (below: number) => number): Buffer {
  let out = Buffer.from(bytes);
  for (let times = 1 + random(4); times > 0 && out.length > 0; times--) {
    const at = random(out.length);
    switch (random(6)) {
      case 0:
        out[at] = random(256);
        break;
      case 1:
        out[at] ^= 1 << random(8);
        break;
      case 2:
        out = out.subarray(0, at);
        break;
      case 3:
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + 1 + random(8))]);
        break;
      case 4:
        out = Buffer.concat([out.subarray(0, at), Buffer.from(Array.from({ length: 1 + random(8) }, () => random(256))), out.subarray(at)]);
        break;
      default:
        // Lengths and tags that lie: all ones, or the start of an endless varint.
        out.fill(random(2) === 0 ? 0xff : 0x80, at, Math.min(out.length, at + 1 + random(10)));
    }
  }
  return out;
}

describe("hostile input", () => {
  it("refuses or takes whole whatever is cut off, at every byte", () => {
    for (const [model, policy] of fc.sample(fc.tuple(requests, policies), { numRuns: 20, seed: 7 })) {
      const bytes = encodeRequest(model, seededRandom(1));
      const compiled = compilePolicy(policy);
      for (let end = 0; end <= bytes.length; end++) checkOutcome(bytes.subarray(0, end), compiled);
    }
  }, 60_000);

  it(
    `refuses or takes whole ${inputs} mutated requests`,
    () => {
      const random = seededRandom(20_261_123);
      const cases = fc
        .sample(fc.tuple(requests, policies), { numRuns: 200, seed: 11 })
        .map(([model, policy], seed) => ({ bytes: encodeRequest(model, seededRandom(seed)), policy: compilePolicy(policy) }));
      for (let index = 0; index < inputs; index++) {
        const { bytes, policy } = cases[random(cases.length)];
        checkOutcome(mutated(bytes, random), policy);
      }
    },
    60_000 + inputs * 5,
  );

  it(
    `takes in trace scope what span scope takes, of ${inputs} mutated requests, sends on what can be read again, and accounts for every span`,
    async () => {
      const random = seededRandom(20_261_124);
      const tiers = [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio: 1 } }];
      const harness = new TraceHarness(tracePolicy(tiers, { tracesMax: 5000, decisionWaitMs: 500 }));
      const cases = fc.sample(requests, { numRuns: 200, seed: 12 }).map((model, seed) => encodeRequest(model, seededRandom(seed)));
      for (let index = 0; index < inputs; index++) {
        const bytes = mutated(cases[random(cases.length)], random);
        const alone = first.sample(bytes, 0, bytes.length, everything);
        const whole = harness.send(bytes);
        if (alone < 0 !== whole < 0) throw new Error(`span scope says ${alone}, trace scope ${whole} to ${bytes.toString("hex")}`);
        if (index % 50 === 0) await harness.clock.advance(100);
        if (harness.unaccounted() !== 0) throw new Error(`lost spans of ${bytes.toString("hex")}`);
      }
      await harness.clock.advance(1000);
      expect(harness.unaccounted()).toBe(0);
      expect(harness.sampler.store.spans).toBe(0);
      expect(harness.sent.length).toBe(harness.received);
    },
    60_000 + inputs * 5,
  );

  it("gives the same answer wherever the request lies, so it reads nothing around it", () => {
    fc.assert(
      fc.property(requests, policies, fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), fc.nat(), (model, policy, before, after, cut) => {
        const whole = encodeRequest(model, seededRandom(3));
        const bytes = whole.subarray(0, cut % (whole.length + 1));
        const alone = new SpanTable();
        const inside = new SpanTable();
        const matcher = compilePolicy(policy).matcher;
        const code = scanTraces(Buffer.from(bytes), 0, bytes.length, alone, matcher);
        const around = Buffer.concat([before, bytes, after]);
        expect(scanTraces(around, before.length, before.length + bytes.length, inside, matcher)).toBe(code);
        expect(inside.verdict.subarray(0, Math.max(0, code))).toEqual(alone.verdict.subarray(0, Math.max(0, code)));
      }),
      { numRuns: 300 },
    );
  });

  it("refuses an end beyond the buffer", () => {
    expect(createSpanSampler().sample(request(traceId), 0, 1000, compilePolicy(keepAll))).toBe(SCAN_MALFORMED);
  });

  it("refuses a trace id that is neither 16 bytes long nor empty", () => {
    expect(sample(request(len(0x0a, Buffer.alloc(15))))).toBe(SCAN_MALFORMED);
    expect(sample(request(len(0x0a, Buffer.alloc(17))))).toBe(SCAN_MALFORMED);
    expect(sample(request([0x0a, 0x90, 0x80, 0x00, ...Buffer.alloc(16)]))).toBe(1);
    expect(sample(request(len(0x0a, [])))).toBe(1);
  });

  it("refuses ids of spans, parents and links that are neither of their length nor empty, since what comes next may refuse the whole batch for one", () => {
    const link = (content: Buffer) => len(0x6a, content);
    for (const length of [7, 9, 16]) {
      expect(sample(request(len(0x12, Buffer.alloc(length))))).toBe(SCAN_MALFORMED);
      expect(sample(request(len(0x22, Buffer.alloc(length))))).toBe(SCAN_MALFORMED);
      expect(sample(request(link(len(0x12, Buffer.alloc(length)))))).toBe(SCAN_MALFORMED);
    }
    expect(sample(request(link(len(0x0a, Buffer.alloc(8)))))).toBe(SCAN_MALFORMED);
    expect(sample(request(Buffer.concat([link(len(0x0a, Buffer.alloc(16))), link(len(0x12, [])), len(0x12, []), len(0x22, Buffer.alloc(8))])))).toBe(1);
  });

  it("refuses texts that are not UTF-8 wherever they stand in what is kept, and takes those that are", () => {
    const value = (content: number[]) => len(0x12, len(0x0a, content));
    const texts: ((content: number[]) => Buffer)[] = [
      (content) => request(len(0x2a, content)),
      (content) => request(len(0x1a, [0x76, 0x3d, ...content])),
      (content) => request(len(0x4a, len(0x0a, content))),
      (content) => request(len(0x4a, value(content))),
      (content) => request(len(0x4a, len(0x12, len(0x2a, len(0x0a, len(0x0a, content)))))),
      (content) => request(len(0x4a, Buffer.concat([len(0x0a, content), len(0x12, [0x18, 0xc8, 0x01])]))),
      (content) => request(len(0x5a, len(0x12, content))),
      (content) => request(len(0x6a, len(0x1a, content))),
      (content) => request(len(0x7a, len(0x12, content))),
      (content) => len(0x0a, len(0x12, Buffer.concat([len(0x12, traceId), len(0x0a, len(0x0a, content))]))),
      (content) => len(0x0a, len(0x12, Buffer.concat([len(0x12, traceId), len(0x1a, content)]))),
      (content) => len(0x0a, Buffer.concat([len(0x0a, len(0x0a, value(content))), len(0x12, len(0x12, traceId))])),
      (content) => len(0x0a, Buffer.concat([len(0x1a, content), len(0x12, len(0x12, traceId))])),
      (content) => len(0x0a, Buffer.concat([len(0x0a, len(0x1a, len(0x1a, content))), len(0x12, len(0x12, traceId))])),
    ];
    const harness = new TraceHarness(tracePolicy([{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } }]));
    for (const text of texts) {
      for (const good of ["", "a", "abcd", "é", "aé", "π/é😀", "x".repeat(200), `${"x".repeat(200)}é`, "\u{10ffff}", "\ud7ff\ue000", "\u0000"]) {
        expect(sample(text([...Buffer.from(good)]))).toBe(1);
        expect(harness.send(text([...Buffer.from(good)]))).toBe(1);
      }
      // A lone continuation, overlong forms, a surrogate, above U+10FFFF, bytes that never occur, and cut off in the middle.
      for (const bad of [[0x80], [0xc3], [0xc0, 0x80], [0xe0, 0x9f, 0xbf], [0xed, 0xa0, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80], [0xff]]) {
        for (const around of [bad, [0x61, ...bad], [...bad, 0x61], [...Buffer.alloc(150, 0x61), ...bad], [0xc3, 0xa9, ...bad, 0xc3, 0xa9]]) {
          expect(sample(text(around))).toBe(SCAN_MALFORMED);
          expect(harness.send(text(around))).toBe(SCAN_MALFORMED);
        }
      }
    }
  });

  it("refuses a known field in another wire type in what is kept, as the OpenTelemetry Collector does with all that shares a batch with it", () => {
    const varint1 = [0x08, 0x01];
    const value = (content: number[]) => request(len(0x4a, len(0x12, content)));
    for (const bytes of [
      request(varint1),
      request([0x3a, 0x00]),
      request([0x33, 0x34]),
      request([0x80, 0x01, 0x05]),
      request(len(0x4a, varint1)),
      value([0x0d, 1, 2, 3, 4]),
      value([0x22, 0x00]),
      request(len(0x5a, varint1)),
      request(len(0x6a, [0x32, 0x00])),
      request(len(0x7a, [0x1a, 0x00])),
      len(0x0a, len(0x12, [...len(0x12, traceId), ...varint1])),
      len(0x0a, len(0x12, [...len(0x12, traceId), ...len(0x0a, varint1)])),
      len(0x0a, [...len(0x12, len(0x12, traceId)), 0x18, 0x01]),
      len(0x0a, [...len(0x12, len(0x12, traceId)), ...len(0x0a, varint1)]),
    ]) {
      expect(sample(bytes)).toBe(SCAN_MALFORMED);
    }
    // What only profiles use is a varint, and passes.
    expect(sample(request(len(0x4a, [0x18, 0x05, ...len(0x12, [0x40, 0x07])])))).toBe(1);
  });

  it("steps over unknown groups at every level, however they nest, and refuses one that does not end as it began", () => {
    const group = (...content: number[]) => [0xa3, 0x06, ...content, 0xa4, 0x06];
    const inside = group(0x08, 0x01, ...group(0x12, 0x02, 0xa4, 0x06), 0x1b, 0x1c);
    expect(sample(request([...traceId, ...inside]))).toBe(1);
    expect(sample(len(0x0a, [...inside, ...len(0x12, [...inside, ...len(0x12, traceId)])]))).toBe(1);
    expect(sample(Buffer.concat([Buffer.from(inside), request(traceId)]))).toBe(1);
    expect(sample(request(len(0x4a, len(0x12, inside))))).toBe(1);
    const deep = (levels: number) =>
      [...Array.from({ length: levels }, () => 0x9b), ...Array.from({ length: levels }, () => 0x9c)].flatMap((tag) => [tag, 0x06]);
    expect(sample(request(deep(90)))).toBe(1);
    for (const broken of [[0xa3, 0x06], [0xa3, 0x06, 0xac, 0x06], [0xa4, 0x06], group(0x0a, 9), group(0x00), deep(97), deep(20_000)]) {
      expect(sample(request(broken))).toBe(SCAN_MALFORMED);
      expect(sample(Buffer.from(broken))).toBe(SCAN_MALFORMED);
    }
  });

  it("refuses field number 0 and tags of more than 32 bits", () => {
    expect(sample(request([0x00, 0x00]))).toBe(SCAN_MALFORMED);
    expect(sample(request([0x80, 0x00, 0x00]))).toBe(SCAN_MALFORMED);
    expect(sample(request([0xff, 0xff, 0xff, 0xff, 0x7f, 0x00]))).toBe(SCAN_MALFORMED);
  });

  it("steps over unknown fields of every other wire type, with tags of up to five bytes", () => {
    const unknown = [
      0xa0,
      0x06,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0xff,
      0x01,
      0xa1,
      0x06,
      ...Buffer.alloc(8),
      0xa2,
      0x06,
      2,
      1,
      1,
      0xa5,
      0x06,
      ...Buffer.alloc(4),
    ];
    expect(sample(request([...unknown, 0xf8, 0xff, 0xff, 0xff, 0x0f, 0x00]))).toBe(1);
  });

  it("refuses lengths that reach beyond what encloses them, at every level", () => {
    for (const bytes of [
      [0x0a, 5, 0x12, 0],
      [0x0a, 2, 0x12, 5],
      [0x0a, 4, 0x12, 2, 0x12, 5],
      [0x0a, 6, 0x12, 4, 0x12, 2, 0x4a, 9],
      [0x0a, 6, 0x12, 4, 0x12, 2, 0x39, 0],
      [0x0a, 6, 0x12, 4, 0x12, 2, 0x12, 8],
      [0x0a, 7, 0x12, 5, 0x12, 3, 0x85, 1, 0],
      [0x0a, 9, 0x12, 7, 0x12, 5, 0x2a, 0xff, 0xff, 0xff, 0x7f],
    ]) {
      expect(sample(Buffer.from(bytes))).toBe(SCAN_MALFORMED);
    }
  });

  it("refuses a kept span that is malformed anywhere inside, and does not look that deep into one that is dropped", () => {
    const broken = request(len(0x4a, len(0x12, len(0x2a, [0x0a, 5]))));
    expect(sample(broken)).toBe(SCAN_MALFORMED);
    expect(sample(broken, keepNone)).toBe(1);
  });

  it("refuses values nested too deep with a code of its own, without running out of stack", () => {
    const levels = (count: number) => {
      let value: Buffer = Buffer.alloc(0);
      for (let level = 0; level < count; level++) value = len(0x2a, len(0x0a, value));
      return request(len(0x4a, len(0x12, value)));
    };
    expect(sample(levels(40))).toBe(1);
    expect(sample(levels(60))).toBe(SCAN_TOO_DEEP);
    expect(sample(levels(3000))).toBe(SCAN_TOO_DEEP);
  });

  it("refuses more spans, scopes or resources than the table may hold, and goes on working", () => {
    const table = new SpanTable({ capacityMax: 8192 });
    const { matcher } = compilePolicy(keepAll);
    const scan = (bytes: Buffer) => scanTraces(bytes, 0, bytes.length, table, matcher);
    const spans = (count: number) => len(0x0a, len(0x12, Buffer.alloc(count * 2).fill(Buffer.from([0x12, 0x00]))));
    expect(scan(spans(8193))).toBe(SCAN_TOO_MANY);
    expect(scan(spans(8192))).toBe(8192);
    expect(scan(len(0x0a, Buffer.alloc(8193 * 2).fill(Buffer.from([0x12, 0x00]))))).toBe(SCAN_TOO_MANY);
    expect(scan(Buffer.alloc(8193 * 2).fill(Buffer.from([0x0a, 0x00])))).toBe(SCAN_TOO_MANY);
    expect(table.start.length).toBe(8192);
    expect(scan(spans(3))).toBe(3);
  });
});
