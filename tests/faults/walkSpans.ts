/** Called with a span's id as two halves; 0 and 0 for a span without one. */
type TakeSpanId = (high: number, low: number) => void;

const RESOURCE_SPANS = 0x0a;
const SCOPE_SPANS = 0x12;
const SPANS = 0x12;
const SPAN_ID = 0x12;

/** Counts the spans of an ExportTraceServiceRequest, and gives their ids when asked, without decoding anything else. Throws on malformed input. */
export function walkSpans(request: Buffer, take?: TakeSpanId): number {
  let spans = 0;
  walk(request, 0, request.length, RESOURCE_SPANS, (from, to) =>
    walk(request, from, to, SCOPE_SPANS, (from, to) =>
      walk(request, from, to, SPANS, (from, to) => {
        spans++;
        if (take !== undefined) takeId(request, from, to, take);
      }),
    ),
  );
  return spans;
}

function takeId(bytes: Buffer, from: number, to: number, take: TakeSpanId): void {
  let at = -1;
  walk(bytes, from, to, SPAN_ID, (start, end) => {
    if (end - start === 8) at = start;
  });
  if (at < 0) take(0, 0);
  else take(bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4));
}

/** One length-delimited field of the message between `from` and `to`, every time it stands there. */
function walk(bytes: Buffer, from: number, to: number, wanted: number, found: (from: number, to: number) => void): void {
  let at = from;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      if (at >= to || scale > 2 ** 63) throw new Error("malformed varint");
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < to) {
    const tag = varint();
    const wire = tag % 8;
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      if (at + length > to) throw new Error("a field ends behind its message");
      if (tag === wanted) found(at, at + length);
      at += length;
    } else throw new Error(`wire type ${wire}`);
  }
  if (at > to) throw new Error("a field ends behind its message");
}
