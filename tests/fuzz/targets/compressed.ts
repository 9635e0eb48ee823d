import { gzipSync, constants as zlib, zstdCompressSync } from "node:zlib";
import { decompress, type Encoding } from "#collector/receive/decompress.ts";
import { mutate } from "../mutate.ts";
import { pick, type Random } from "../random.ts";
import { ensure, Finding, type FuzzTarget } from "../target.ts";

const BYTES_MAX = 200_000;
const SKIPPABLE = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]);

type Made = { body: Buffer; encoding: "gzip" | "zstd"; plain: Buffer };

/** A body in one or several members or frames; now and then one that holds more than may be. */
function make(random: Random): Made {
  const encoding = pick<"gzip" | "zstd">(random, ["gzip", "zstd"]);
  const plain: Buffer[] = [];
  const parts: Buffer[] = [];
  for (let count = 1 + random(4); count > 0; count--) {
    const content =
      random(40) === 0
        ? Buffer.alloc(random(2 * BYTES_MAX), random(256))
        : Buffer.from(Array.from({ length: random(400) }, () => random(random(2) === 0 ? 4 : 256)));
    plain.push(content);
    if (encoding === "gzip") parts.push(gzipSync(content, { level: pick(random, [0, 1, 9]) }));
    else {
      const params = { [zlib.ZSTD_c_compressionLevel]: 1 + random(6), [zlib.ZSTD_c_checksumFlag]: random(2), [zlib.ZSTD_c_contentSizeFlag]: random(2) };
      parts.push(zstdCompressSync(content, { params }));
      if (random(6) === 0) parts.push(SKIPPABLE);
    }
  }
  return { body: Buffer.concat(parts), encoding, plain: Buffer.concat(plain) };
}

/** The encoding's number goes first, so that an input is all there is to know. */
const ENCODINGS: readonly Encoding[] = ["gzip", "zstd"];

/** Decompression of whole bodies. Of what was not changed the content is known; of the rest that it is bounded, and an answer. */
export const compressed: FuzzTarget = {
  name: "compressed",
  generate(random) {
    const { body, encoding } = make(random);
    const changed = random(3) === 0 ? body : mutate(body, make(random).body, random);
    return Buffer.concat([Buffer.from([ENCODINGS.indexOf(encoding)]), changed]);
  },
  async check(input, random) {
    const encoding = (input[0] ?? 0) % 2 === 0 ? "gzip" : "zstd";
    const answer = await decompress(input.subarray(1), encoding, BYTES_MAX);
    if (Buffer.isBuffer(answer)) ensure(answer.length <= BYTES_MAX, () => `${answer.length} bytes, and ${BYTES_MAX} are allowed`);
    else ensure(answer.reason === "malformed" || answer.reason === "too_large", () => `refused as ${answer.reason}`);
    const made = make(random);
    const known = await decompress(made.body, made.encoding, BYTES_MAX);
    if (made.plain.length > BYTES_MAX) {
      if (Buffer.isBuffer(known) || known.reason !== "too_large") throw new Finding("took more than is allowed");
    } else ensure(Buffer.isBuffer(known) && known.equals(made.plain), () => `${made.encoding} of ${made.plain.length} bytes came out as something else`);
  },
};
