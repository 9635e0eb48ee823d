import { contentStart, skipField, tagVarint, varint32, varintEnd } from "../../otlp/varint.ts";

/** What is told of one span in an example. Times are Unix nanoseconds; 0n is not set. */
export type ExampleSpan = { name: string; isRoot: boolean; startNs: bigint; endNs: bigint; status: number };

const NAME_BYTES_MAX = 120;

/** Reads the span field in [at, end), which has been checked. For a few spans a second. */
export function readExampleSpan(bytes: Buffer, at: number, end: number): ExampleSpan {
  const span: ExampleSpan = { name: "", isRoot: true, startNs: 0n, endNs: 0n, status: 0 };
  for (let pos = contentStart(bytes, at, end); pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (next < 0) break;
    if (tag === 0x22) {
      const content = varintEnd(bytes, body, end);
      span.isRoot = bytes.subarray(content, next).every((byte) => byte === 0);
    } else if (tag === 0x2a) {
      const content = varintEnd(bytes, body, end);
      span.name = bytes.toString("utf8", content, Math.min(next, content + NAME_BYTES_MAX));
    } else if (tag === 0x39) span.startNs = bytes.readBigUInt64LE(body);
    else if (tag === 0x41) span.endNs = bytes.readBigUInt64LE(body);
    else if (tag === 0x7a) span.status = statusOf(bytes, varintEnd(bytes, body, end), next, span.status);
    pos = next;
  }
  return span;
}

function statusOf(bytes: Buffer, at: number, end: number, before: number): number {
  let status = before;
  for (let pos = at; pos < end; ) {
    const body = varintEnd(bytes, pos, end);
    const tag = tagVarint(bytes, pos, body);
    const next = skipField(bytes, tag, body, end);
    if (next < 0) break;
    if (tag === 0x18) status = varint32(bytes, body, next);
    pos = next;
  }
  return status;
}
