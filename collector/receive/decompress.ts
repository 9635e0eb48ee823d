import { promisify } from "node:util";
import { constants, gunzip, gunzipSync, zstdDecompress, zstdDecompressSync } from "node:zlib";
import { type Refusal, refusal } from "./answer.ts";

/** Below this the synchronous call is cheaper than a trip through the thread pool; above it the event loop would stall. */
const SYNC_BELOW_BYTES = 262_144;
const CHUNK_BYTES = 262_144;
/** A frame may ask for a window of 2 GiB; this is what one request may make us allocate for it. */
const ZSTD_WINDOW_LOG_MAX = 24;

export type Encoding = "identity" | "gzip" | "zstd";

const gunzipAsync = promisify(gunzip);
const zstdDecompressAsync = promisify(zstdDecompress);

export function parseEncoding(value: string | undefined): Encoding | undefined {
  if (value === undefined || value === "" || value === "identity") return "identity";
  return value === "gzip" || value === "zstd" ? value : undefined;
}

/** Never gives more than `bytesMax` bytes, whatever the input claims; the answer is a refusal when the input is broken or too large. */
export function decompress(bytes: Buffer, encoding: "gzip" | "zstd", bytesMax: number): Buffer | Refusal | Promise<Buffer | Refusal> {
  const options = { maxOutputLength: bytesMax, chunkSize: CHUNK_BYTES };
  const zstdOptions = { ...options, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX } };
  if (bytes.length >= SYNC_BELOW_BYTES) {
    const running: Promise<Buffer> = encoding === "gzip" ? gunzipAsync(bytes, options) : zstdDecompressAsync(bytes, zstdOptions);
    return running.catch((error: unknown) => toRefusal(error, encoding, bytesMax));
  }
  try {
    return encoding === "gzip" ? gunzipSync(bytes, options) : zstdDecompressSync(bytes, zstdOptions);
  } catch (error) {
    return toRefusal(error, encoding, bytesMax);
  }
}

function toRefusal(error: unknown, encoding: Encoding, bytesMax: number): Refusal {
  if (error instanceof RangeError) return refusal("too_large", `the request has more than ${bytesMax} bytes after decompression (receive.requestBytesMax)`);
  return refusal("malformed", `the body is not valid ${encoding}: ${error instanceof Error ? error.message : String(error)}`);
}
