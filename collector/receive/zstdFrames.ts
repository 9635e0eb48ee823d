import { promisify } from "node:util";
import { constants, type ZstdOptions, zstdDecompress, zstdDecompressSync } from "node:zlib";

/** A frame may ask for a window of 2 GiB; this is what one request may make us allocate for it. */
const WINDOW_LOG_MAX = 24;
const CHUNK_BYTES = 262_144;
/** Each costs 40 µs however small it is, which a hostile body could have by the hundred thousand. Senders write one, parallel compressors one per some 100 kB. */
const FRAMES_MAX = 1000;

/** What zlib gives with `info`: it stops after one frame, and `engine.bytesWritten` says where. */
type Frame = { buffer: Buffer; engine: { bytesWritten: number } };

const decompressFrame = promisify(zstdDecompress) as unknown as (bytes: Buffer, options: ZstdOptions) => Promise<Frame>;

/**
 * The contents of all frames of a zstd body one after the other (RFC 8878, section 3: "frames can be concatenated"). Throws what zlib throws: a RangeError above
 * `bytesMax`, another Error for what is no zstd.
 */
export function readZstdFramesSync(bytes: Buffer, bytesMax: number): Buffer {
  const contents = new Contents(bytes, bytesMax);
  while (contents.isUnfinished) contents.add(zstdDecompressSync(contents.rest, contents.options) as unknown as Frame);
  return contents.all();
}

/** The same in the thread pool. */
export async function readZstdFrames(bytes: Buffer, bytesMax: number): Promise<Buffer> {
  const contents = new Contents(bytes, bytesMax);
  while (contents.isUnfinished) contents.add(await decompressFrame(contents.rest, contents.options));
  return contents.all();
}

class Contents {
  readonly #bytes: Buffer;
  readonly #bytesMax: number;
  readonly #parts: Buffer[] = [];
  #at = 0;
  #length = 0;

  constructor(bytes: Buffer, bytesMax: number) {
    this.#bytes = bytes;
    this.#bytesMax = bytesMax;
  }

  /** An empty body is read as well: it is no zstd. */
  get isUnfinished(): boolean {
    return this.#at < this.#bytes.length || this.#parts.length === 0;
  }

  get rest(): Buffer {
    return this.#at === 0 ? this.#bytes : this.#bytes.subarray(this.#at);
  }

  get options(): ZstdOptions {
    const maxOutputLength = Math.max(1, this.#bytesMax - this.#length);
    return { maxOutputLength, chunkSize: CHUNK_BYTES, params: { [constants.ZSTD_d_windowLogMax]: WINDOW_LOG_MAX }, info: true };
  }

  add({ buffer, engine }: Frame): void {
    this.#at += engine.bytesWritten;
    // zlib hands out a view of a whole chunk, and a thousand chunks are far more than what lies in them.
    this.#parts.push(this.#at < this.#bytes.length || this.#parts.length > 0 ? Buffer.from(buffer) : buffer);
    this.#length += buffer.length;
    if (this.#length > this.#bytesMax) throw new RangeError("too long");
    if (this.#parts.length > FRAMES_MAX || engine.bytesWritten === 0) throw new Error(`more than ${FRAMES_MAX} frames`);
  }

  all(): Buffer {
    return this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts);
  }
}
