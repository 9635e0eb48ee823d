import { promisify } from "node:util";
import { gunzip, gunzipSync } from "node:zlib";
import { type Refusal, refusal } from "./answer.ts";
import { readZstdFrames, readZstdFramesSync } from "./zstdFrames.ts";

/** Below this the synchronous call is cheaper than a trip through the thread pool; above it the event loop would stall. */
const SYNC_BELOW_BYTES = 262_144;
const CHUNK_BYTES = 262_144;

export type Encoding = "identity" | "gzip" | "zstd";

const gunzipAsync = promisify(gunzip);

export function parseEncoding(value: string | undefined): Encoding | undefined {
  if (value === undefined || value === "" || value === "identity") return "identity";
  return value === "gzip" || value === "zstd" ? value : undefined;
}

/** Never gives more than `bytesMax` bytes, whatever the input claims; the answer is a refusal when the input is broken or too large. */
export function decompress(bytes: Buffer, encoding: "gzip" | "zstd", bytesMax: number): Buffer | Refusal | Promise<Buffer | Refusal> {
  const options = { maxOutputLength: bytesMax, chunkSize: CHUNK_BYTES };
  if (bytes.length >= SYNC_BELOW_BYTES) {
    const running: Promise<Buffer> = encoding === "gzip" ? gunzipAsync(bytes, options) : readZstdFrames(bytes, bytesMax);
    return running.catch((error: unknown) => toRefusal(error, encoding, bytesMax));
  }
  try {
    return encoding === "gzip" ? gunzipSync(bytes, options) : readZstdFramesSync(bytes, bytesMax);
  } catch (error) {
    return toRefusal(error, encoding, bytesMax);
  }
}

function toRefusal(error: unknown, encoding: Encoding, bytesMax: number): Refusal {
  if (error instanceof RangeError) return refusal("too_large", `the request has more than ${bytesMax} bytes after decompression (receive.requestBytesMax)`);
  return refusal("malformed", `the body is not valid ${encoding}: ${error instanceof Error ? error.message : String(error)}`);
}
