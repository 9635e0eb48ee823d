import { formatBytes } from "../format/formatBytes.ts";
import type { DestinationBody, DestinationInput } from "./destinationTypes.ts";
import { describeTlsChange } from "./tlsDraft.ts";

type Body = DestinationBody | DestinationInput;

/** One line for lists: `OTLP over gRPC to http://…, gzip, 1 header`. */
export function describeDestination(body: Body): string {
  switch (body.kind) {
    case "otlp": {
      const parts = [`OTLP over ${body.protocol === "grpc" ? "gRPC" : "HTTP"} to ${body.endpoint}`];
      if (body.compression !== "none") parts.push(body.compression);
      if (body.headers.length > 0) parts.push(body.headers.length === 1 ? "1 header" : `${body.headers.length} headers`);
      return parts.join(", ");
    }
    case "archive":
      return `Local archive on each collector, at most ${formatBytes(body.bytesMax)}`;
    case "discard":
      return "Discard: kept spans are counted and thrown away";
  }
}

/** What differs, in sentences; empty when nothing does. A header that is sent with a value counts as changed. */
export function describeDestinationChange(before: Body, after: Body): string[] {
  if (before.kind !== after.kind) return [`Goes to: ${describeDestination(after)}. Before: ${describeDestination(before)}.`];
  if (before.kind === "archive" && after.kind === "archive") {
    return before.bytesMax === after.bytesMax ? [] : [`The archive's bound goes from ${formatBytes(before.bytesMax)} to ${formatBytes(after.bytesMax)}.`];
  }
  if (before.kind !== "otlp" || after.kind !== "otlp") return [];
  const sentences: string[] = [];
  if (before.endpoint !== after.endpoint) sentences.push(`Endpoint: ${before.endpoint} → ${after.endpoint}.`);
  if (before.protocol !== after.protocol) sentences.push(`Protocol: ${before.protocol} → ${after.protocol}.`);
  if (before.compression !== after.compression) sentences.push(`Compression: ${before.compression} → ${after.compression}.`);
  sentences.push(...describeTlsChange(before.tls, after.tls));
  const had = new Set(before.headers.map((header) => header.name));
  const has = new Set(after.headers.map((header) => header.name));
  for (const header of after.headers) {
    if (!had.has(header.name)) sentences.push(`Header ${header.name} is added.`);
    else if ("value" in header && header.value !== null) sentences.push(`Header ${header.name} gets a new value.`);
  }
  for (const name of had) if (!has.has(name)) sentences.push(`Header ${name} is removed.`);
  return sentences;
}
