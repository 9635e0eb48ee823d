import protobuf from "protobufjs";
import { otlpProto } from "#bench/otlpProto.ts";

const Request = protobuf.parse(otlpProto).root.lookupType("ExportTraceServiceRequest");
const IDS = new Set(["traceId", "spanId", "parentSpanId"]);

/** A request as SDKs write it in JSON (OTLP specification, "JSON Protobuf Encoding"): ids in hex, 64-bit numbers as texts. */
export function toOtlpJson(request: Buffer): Buffer {
  const decoded = Request.toObject(Request.decode(request), { longs: String });
  return Buffer.from(JSON.stringify(decoded, (key, value) => (IDS.has(key) ? hex(value) : value)));
}

/** Bytes have become what JSON makes of a Buffer before they come here. */
function hex(value: unknown): string {
  const bytes = Buffer.isBuffer(value) || value instanceof Uint8Array ? value : Buffer.from((value as { data: number[] }).data);
  return Buffer.from(bytes).toString("hex");
}
