import type { OtlpExportSettings } from "#domain/pipeline/exportSettings.ts";
import { postBlock } from "../../http2/hpackBlock.ts";
import { GRPC_PATHS, type OtlpSignal } from "../../signals/otlpPaths.ts";

/** Makes the header block of a call that has so many milliseconds ("gRPC over HTTP2", Requests). */
export function createRequestBlock(url: URL, settings: OtlpExportSettings, signal: OtlpSignal): (timeoutMs: number) => Buffer {
  const path = `${url.pathname.replace(/\/$/, "")}${GRPC_PATHS[signal]}`;
  let latest: { timeoutMs: number; block: Buffer } | undefined;
  return (timeoutMs) => {
    if (latest?.timeoutMs === timeoutMs) return latest.block;
    const fields: [string, string][] = [
      ["te", "trailers"],
      ["grpc-timeout", `${timeoutMs}m`],
      ["content-type", "application/grpc"],
      ["user-agent", "headgate-collector"],
    ];
    if (settings.compression !== "none") fields.push(["grpc-encoding", settings.compression]);
    const block = postBlock(url.protocol === "https:" ? "https" : "http", url.host, path, fields, Object.entries(settings.headers));
    latest = { timeoutMs, block };
    return block;
  };
}
