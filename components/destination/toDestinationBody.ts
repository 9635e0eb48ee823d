import { isRecord } from "#components/data/isRecord.ts";
import type { DestinationBody } from "./destinationTypes.ts";
import { toTlsSettings } from "./tlsDraft.ts";

/** Reads a body from an error's details, where it has no type; undefined when it is of another shape. */
export function toDestinationBody(value: unknown): DestinationBody | undefined {
  if (!isRecord(value)) return undefined;
  if (value.kind === "discard") return { kind: "discard" };
  if (value.kind === "archive") return typeof value.bytesMax === "number" ? { kind: "archive", bytesMax: value.bytesMax } : undefined;
  const { kind, protocol, endpoint, compression, headers } = value;
  if (kind !== "otlp" || typeof endpoint !== "string" || !Array.isArray(headers)) return undefined;
  if (protocol !== "grpc" && protocol !== "http") return undefined;
  if (compression !== "none" && compression !== "gzip" && compression !== "zstd") return undefined;
  const names = headers.flatMap((header: unknown) =>
    isRecord(header) && typeof header.name === "string" ? [{ name: header.name, isSet: true as const }] : [],
  );
  const tls = toTlsSettings(value.tls);
  return { kind, protocol, endpoint, compression, headers: names, ...(tls && { tls }) };
}
