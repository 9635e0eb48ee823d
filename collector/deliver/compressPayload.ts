import { promisify } from "node:util";
import { gzip, zstdCompress } from "node:zlib";

export type Compression = "none" | "gzip" | "zstd";

const gzipAsync = promisify(gzip);
const zstdCompressAsync = promisify(zstdCompress);

/** In the thread pool: a batch of some megabytes would hold up the event loop for tens of milliseconds. Level 1 is where gzip's time is well spent. */
export function compressPayload(bytes: Buffer, compression: Compression): Promise<Buffer> {
  switch (compression) {
    case "none":
      return Promise.resolve(bytes);
    case "gzip":
      return gzipAsync(bytes, { level: 1 });
    case "zstd":
      return zstdCompressAsync(bytes);
  }
}
