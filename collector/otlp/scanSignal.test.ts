import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SIGNALS, type Signal } from "#domain/pipeline/signals.ts";
import { decodeRequest, encodeNumbered, encodeRequest } from "../signals/signalTestData.ts";
import { LOGS_REQUEST, METRICS_REQUEST, scanSignal } from "./scanSignal.ts";

const scan = (signal: Signal, bytes: Uint8Array) => scanSignal(bytes, signal === "metrics" ? METRICS_REQUEST : LOGS_REQUEST, 0, bytes.length);
const field = (tag: number, content: Uint8Array): Buffer => {
  const length: number[] = [];
  let rest = content.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([tag, ...length, rest]), content]);
};
const inMetric = (content: Uint8Array) => field(0x0a, field(0x12, field(0x12, content)));
const inRecord = inMetric;

describe("scanSignal", () => {
  it.each(SIGNALS)("counts the items of %s, in one request and in several behind each other", (signal) => {
    expect(scan(signal, Buffer.alloc(0))).toBe(0);
    expect(scan(signal, encodeNumbered(signal, 0, 137))).toBe(137);
    expect(scan(signal, Buffer.concat([encodeNumbered(signal, 0, 3), encodeNumbered(signal, 3, 40)]))).toBe(43);
  });

  it("counts points, not metrics", () => {
    const dataPoints = [{ asInt: "1" }, { asInt: "2" }, { asInt: "3" }];
    expect(scan("metrics", encodeRequest("metrics", { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", gauge: { dataPoints } }] }] }] }))).toBe(3);
    expect(scan("metrics", encodeRequest("metrics", { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m" }] }] }] }))).toBe(0);
  });

  it("lets fields pass that OTLP has not got yet, and counts a kind of data to come", () => {
    expect(scan("metrics", inMetric(Buffer.concat([field(0x0a, Buffer.from("m")), field(0x6a, Buffer.from([1, 2, 3]))])))).toBe(1);
    expect(scan("logs", inRecord(Buffer.from([0x98, 0x06, 0x05])))).toBe(1);
    expect(scan("logs", inRecord(Buffer.from([0xab, 0x06, 0x08, 0x01, 0xac, 0x06])))).toBe(1);
    expect(scan("logs", inRecord(Buffer.from([0xa5, 0x06, 1, 2, 3, 4])))).toBe(1);
  });

  it("takes lists of numbers packed and one by one", () => {
    const point = (content: Buffer) => inMetric(field(0x4a, field(0x0a, content)));
    const [one, two] = [Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), Buffer.from([2, 0, 0, 0, 0, 0, 0, 0])];
    expect(scan("metrics", point(field(0x32, Buffer.concat([one, two]))))).toBe(1);
    expect(scan("metrics", point(Buffer.concat([Buffer.from([0x31]), one, Buffer.from([0x31]), two])))).toBe(1);
    expect(scan("metrics", point(field(0x32, one.subarray(1))))).toBe(-1);
    const buckets = (content: Buffer) => inMetric(field(0x52, field(0x0a, field(0x42, content))));
    expect(scan("metrics", buckets(field(0x12, Buffer.from([1, 0x80, 0x01]))))).toBe(1);
    expect(scan("metrics", buckets(Buffer.from([0x10, 1, 0x10, 2])))).toBe(1);
    expect(scan("metrics", buckets(field(0x12, Buffer.from([1, 0x80]))))).toBe(-1);
  });

  it.each([
    ["a field in another wire type than it has", "logs", inRecord(Buffer.from([0x08, 0x01]))],
    ["a length beyond its parent", "logs", field(0x0a, Buffer.from([0x12, 0x05, 0x12]))],
    ["a truncated attribute", "metrics", inMetric(field(0x2a, field(0x0a, field(0x3a, Buffer.from([0x0a, 0x09, 0x61])))))],
    ["a broken body", "logs", inRecord(field(0x2a, Buffer.from([0x0a, 0x7f])))],
    ["a group that never ends", "logs", inRecord(Buffer.from([0xab, 0x06, 0x08, 0x01]))],
    ["a text that is not UTF-8", "logs", inRecord(field(0x1a, Buffer.from([0xff])))],
    ["a trace id of another length", "logs", inRecord(field(0x4a, Buffer.alloc(15, 1)))],
    ["field 0", "logs", Buffer.from([0x02, 0x00])],
    ["a varint without an end", "metrics", Buffer.alloc(12, 0xff)],
  ] as const)("does not take %s", (_what, signal, bytes) => {
    expect(scan(signal, bytes)).toBe(-1);
  });

  it("does not take what is nested too deep, and takes what is nested as deep as in a span", () => {
    let value: Buffer = Buffer.alloc(0);
    for (let level = 0; level < 40; level++) value = field(0x2a, field(0x0a, value));
    expect(scan("logs", inRecord(field(0x2a, value)))).toBe(1);
    for (let level = 0; level < 40; level++) value = field(0x2a, field(0x0a, value));
    expect(scan("logs", inRecord(field(0x2a, value)))).toBe(-2);
  });

  it.each(SIGNALS)("whatever is done to %s: it neither throws nor takes what another reader can't read", (signal) => {
    const whole = encodeNumbered(signal, 0, 12);
    const places = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(places, fc.nat(whole.length), (changes, cut) => {
        const bytes = Buffer.from(whole.subarray(0, changes.length % 2 === 0 ? cut : whole.length));
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        const items = scan(signal, bytes);
        expect(Number.isInteger(items) && items >= -2 && items <= bytes.length).toBe(true);
        if (items >= 0) expect(() => decodeRequest(signal, bytes)).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });
});
